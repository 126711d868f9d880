//! clouddriver: accounts, inventory and operations over the providers.
