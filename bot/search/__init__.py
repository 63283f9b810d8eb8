"""Find the topic that a message asks about.

    examples   what it learns from: example questions, what the topics say, and their translations
    grams      a message as its words, and the words as overlapping pieces and as their consonants
    voices     pieces -> a score for every topic: several small models that speak together
    sentences  a second opinion, when one is set: any sentence-transformers model
    confidence scores -> how sure Kite may be: answer, offer or none
    index      all of it, loaded from the folder that `train` wrote
    server     the index behind HTTP on loopback; `client` asks it

`train` and what it alone imports (`training`, `trials`, `teaching`, `lessons`, `fitting`) need scipy; torch is imported
only where a sentence model is set.
"""
