"""The web chat's page: no account, nothing kept on the device, no request to anybody else."""
