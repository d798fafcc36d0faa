"""What is stored and what is said: tables, read queries and event contracts, one package per owning service."""
