"""Costs: what each network costs, measured, and what others reached."""
