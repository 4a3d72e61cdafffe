"""The one door between a console and an order desk."""
