"""Find the topic that a message asks about.

    examples   what it learns from: example questions, what the topics say, and their translations
    grams      a message as overlapping pieces of its words, and of their consonants
    ngrams     pieces -> a score for every topic (linear)
    vectors    a message -> a vector (sentence-transformers; Kite's own model is read without importing torch)
    neighbours a vector -> how near the examples of every topic are
    confidence both -> how sure Kite may be: answer, offer or none
    index      all of it, loaded from the folder that `train` wrote
    server     the index behind HTTP on loopback; `client` asks it

Only `train` and what it alone imports (`fitting`, `embedding`), and the server when another model than Kite's own is
set, import torch.
"""
