"""From independent passes to gold: what they disagree on, what was decided and why, and the record that follows."""
