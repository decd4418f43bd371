"""TT05/2025/TT-BNV: codes, descriptions and packages of digital archives (art. 17, PL I–V).

Profile `tt05-text`: AIP_hoso planned by `aip_hoso.plan`, DIP by `dip.plan`, made by `materialise`,
read back by `reader.read_package`, judged by `validator.validate`. What the circular leaves open or
contradicts is decided in docs/decisions/002-tt05-text-profile.md.
"""
