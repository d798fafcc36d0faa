"""What may be asked when: limits of an account, priorities, cadences."""
