"""What every judge is: a stranger's driver with a name, the modes it has, and what it can tell."""


class Judge:
    name = ""
    modes = ()
    tells_all_errors = True  # otherwise one of several
    keeps_order = True       # of errors
    tells_messages = True
    only_text = False        # values are words only
    told_falsely = frozenset()  # what of an error it makes up
    can = frozenset()        # what rows may need

    def connect(self, target, login, mode):
        """A connection with ask(step) and close(); raises Refused."""
        raise NotImplementedError

    def greeting(self, target, login, mode):
        """The notes that a login brings, of judges that `can` tell `login-notes`."""
        raise NotImplementedError

    def play(self, target, login, mode, steps):
        """Answers to these batches, one after the other on one connection; raises Refused."""
        connection = self.connect(target, login, mode)
        try:
            return [connection.ask(one) for one in steps]
        finally:
            connection.close()
