"""The platform: cases, workflows, policies, people and pages. It never imports a region's plugin."""
