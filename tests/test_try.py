import pytest, uuid, time
from pathlib import Path
from tests.support.house import TestHouse
def test_try(cast, hau_giang):
    from tangthu.archive.actions.open_fonds import open_fonds
    from tangthu.archive.actions.open_batch import open_batch
    from tangthu.archive.actions.decide_batch import answer
    from tangthu.archive.actions.accept_batch import queue_acceptance
    from tangthu.kernel.jobs import execute
    from tangthu.archive.models import Batch
    from tangthu.archive import dry_run
    from collections import Counter
    a=cast.acting('cuc'); body=cast.body('H30.81')
    f=open_fonds(a, body, code='ATTP', name='Chi cục An toàn vệ sinh thực phẩm', agency_code='H30.81')
    b,job=open_batch(a,f,batch_id=uuid.uuid4(),name='Đợt 1',index=hau_giang/'metadata.xlsx',folder=hau_giang,owns_folder=False,answers={'access':'01'})
    t=time.time(); j=execute(job.id); print(j.state,j.message,j.hint,j.result,time.time()-t)
    b.refresh_from_db(); r=dry_run.report_of(b); print(Counter(x.code for x in r.findings), r.counts())
    for acc in ('complete','all-proposals'):
        o=dry_run.outcome_of(b,acc); print(acc,o.accepted,[ (d.key,len(d.documents)) for d in o.ready], list(o.waiting.items())[:3])
    answer(a,b.id,{'condition':'02'})
    b.refresh_from_db()
    o=dry_run.outcome_of(b,'all-proposals'); print(o.accepted, list(o.waiting.items())[:6])
    job=queue_acceptance(a,b.id,'all-proposals')
    t=time.time(); j=execute(job.id); print(j.state,j.message,j.hint,j.result,time.time()-t)
    from tangthu.discovery.search import search; from tangthu.discovery.language import parse
    for q in ('kế hoạch','ke hoach','"an toàn thực phẩm"','12/QĐ-CC','năm:2010 -kế','ngộ độc'):
        t=time.time(); s=search(a.viewer,parse(q)); print(q,s.count,s.widened,[ (h.code,h.title[:40],h.snippet[:60]) for h in s.hits[:2]],round(time.time()-t,3))
    from tangthu.ledger.history import history
    from tangthu.records.models import Dossier
    d=Dossier.objects.get(); print(d.archive_file_code,d.record_count,d.declared_record_count,d.page_count,d.sheet_count,d.paper_file_code,d.note)
    for e in history(d.pk): print(e.when,e.who,e.sentence)
    from tangthu.ledger.integrator import run_once
    t=time.time(); print(run_once(), time.time()-t)
