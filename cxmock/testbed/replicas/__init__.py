"""A service of the reference as several processes behind a balancer that holds its documented port."""
