from tests.summaries.test_histories import *
from tests.summaries.test_histories import grown
import tests.summaries.outsider as O
import numpy as np, highspy
def test_15(settings):
    year, highest = grown(15, settings)
    real=O.Beliefs._extreme
    def spy(self, objective):
        try: return real(self, objective)
        except AssertionError:
            print("STATUS", self.solver.getModelStatus())
            v=np.array([self.value[n] for n in self.names],dtype=float)
            s=self.matrix@v
            print("true violates", ((s<self.least-1e-6)|(s>self.most+1e-6)).sum(), (v<self.low).sum(), (v>self.high).sum(), "rows", self.matrix.shape, "nan", np.isnan(self.least).sum())
            bad=np.flatnonzero((s<self.least-1e-6)|(s>self.most+1e-6))
            rows=self.matrix.tocsr()
            for b in bad: print("BAD", self.least[b], self.most[b], [(sorted(self.names[c][0]), self.names[c][1], rows[b,c]) for c in rows[b].indices])
            self.solver.clearSolver(); self.solver.run(); print("again", self.solver.getModelStatus())
            raise
    O.Beliefs._extreme=spy
    attacked(highest, year.told)
