"""A class at one server: what somebody is called, and who began what. No accounts: a nickname proves nothing."""
