"""Intake and enrolment as two ends of one pipe, and scenarios that move a lever."""
