"""The 1158 check: who keeps contact as the method asks, shown, opened, exported and reminded of (domain §2.10)."""
