"""In which order the cases of a meeting keep people waiting least: talent scheduling (CSPLib, problem 39).

Pure: knows neither database nor service. `given` reads what is asked, `measuring` says what an order costs and which
rules it breaks, `reducing` makes it small, `subsets` proves the best order, `searching` looks for a good one where
there are too many cases, `contradictions` names the rules that exclude each other, and `solving` puts them together.
"""
