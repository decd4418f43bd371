"""Bodies, people, appointments and sign-in: who works here and what each may do."""
