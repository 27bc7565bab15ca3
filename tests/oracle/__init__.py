"""A second, naive reading of the contract, against which importer and summary are checked."""
