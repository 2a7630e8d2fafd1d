"""What the judges said, counted: judge by mode, and what the contract is made of."""
from collections import Counter


class Verdicts:
    def __init__(self, rows):
        self.rows = rows
        self.counts = {}   # (judge, mode): Counter
        self.wrong = []    # lines
        self.deviating = set()
        self.asked = set()

    def note(self, judge, mode, verdicts):
        """By row what differs; None when this judge was not asked."""
        counts = self.counts[judge, mode] = Counter()
        for row in self.rows:
            wrong = verdicts[row.name]
            if wrong is None:
                counts["not asked"] += 1
                continue
            self.asked.add(row.name)
            if not wrong:
                counts["passed"] += 1
            elif "deviation" in row.what:
                counts["deviation"] += 1
                self.deviating.add(row.name)
            else:
                counts["failed"] += 1
                self.wrong.append(f"{judge}, {mode}: {row.file}: {row.name}\n    " + "\n    ".join(wrong))

    def tell(self, everything):
        """Prints it all; the status for the shell. What no judge heard, or no longer deviates, is red as well."""
        if everything:
            self.wrong += [f"nobody was asked: {one.name}" for one in self.rows if one.name not in self.asked]
            self.wrong += [f"marked as a deviation, and every judge passes it: {one.name}" for one in self.rows
                           if "deviation" in one.what and one.name in self.asked - self.deviating]
        for one in self.wrong:
            print(one)
        self.tell_contract()
        print(f"\n{'judge':15} {'mode':10} {'passed':>7} {'failed':>7} {'deviation':>10} {'not asked':>10}")
        for (judge, mode), counts in self.counts.items():
            print(f"{judge:15} {mode:10} {counts['passed']:7} {counts['failed']:7} {counts['deviation']:10} "
                  f"{counts['not asked']:10}")
        passed = sum(one["passed"] for one in self.counts.values())
        print(f"{passed} verdicts passed, {len(self.wrong)} wrong, {len(self.deviating)} rows deviate")
        return 1 if self.wrong or not passed else 0

    def tell_contract(self):
        print(f"{'contract':15} {'rows':>5} {'statements':>11} {'no source':>10} {'deviation':>10}")
        topics = {}
        for one in self.rows:
            topics.setdefault(one.topic, []).append(one)
        for name, rows in [*topics.items(), ("all", self.rows)]:
            print(f"{name:15} {len(rows):5} {len({one.shape for one in rows}):11} "
                  f"{sum(one.what['source'] == 'none' for one in rows):10} "
                  f"{sum('deviation' in one.what for one in rows):10}")
