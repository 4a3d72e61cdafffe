"""What an order is: money, status, order, return, flow, people, filter, plan. Standard library only."""
