"""What ingest-api stores and says: documents as they came, satellites and what is known of them."""
