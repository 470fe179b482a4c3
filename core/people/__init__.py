"""Who a person is, what they may do, and where: accounts, roles and scopes."""
