"""How a rota comes about: on which days a rule asks for whom, the problem that is solved, and the plan carried out."""
