"""Parts of dashboards: each module gives the panels that answer one question of the person on call."""
