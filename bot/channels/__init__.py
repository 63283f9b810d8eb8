"""One folder a channel; the contract is `bot.channels.base`. No channel imports the gateway."""
