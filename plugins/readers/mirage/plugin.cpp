// SPDX-License-Identifier: Apache-2.0
#include "read_mirage.hpp"
#include "read_mirage_or_table.hpp"

namespace morgana::mirage {
namespace {

class ReadMirage2019 final : public ReadMirage {
 public:
  ReadMirage2019() : ReadMirage(mirage_2019()) {}
};

class ReadMirageVideo final : public ReadMirageOrTable {
 public:
  ReadMirageVideo() : ReadMirageOrTable(mirage_video()) {}
};

class ReadMirageCcma final : public ReadMirage {
 public:
  ReadMirageCcma() : ReadMirage(mirage_ccma()) {}
};

class ReadMirageAppxact final : public ReadMirageOrTable {
 public:
  ReadMirageAppxact() : ReadMirageOrTable(mirage_appxact()) {}
};

}  // namespace
}  // namespace morgana::mirage

MORGANA_PLUGIN(
    "mirage", "1.1.0", "Reads the MIRAGE datasets as released.",
    morgana::stage<morgana::mirage::ReadMirage2019>("read.mirage-2019",
                                                    "Reads labelled biflows of MIRAGE-2019 as traces."),
    morgana::stage<morgana::mirage::ReadMirageVideo>(
        "read.mirage-video",
        "Reads labelled biflows of MIRAGE-VIDEO as traces: its JSON as released, or its teaching file in parquet."),
    morgana::stage<morgana::mirage::ReadMirageCcma>("read.mirage-ccma",
                                                    "Reads labelled biflows of MIRAGE-COVID-CCMA-2022 as traces."),
    morgana::stage<morgana::mirage::ReadMirageAppxact>(
        "read.mirage-appxact",
        "Reads labelled biflows of MIRAGE-AppxAct-2024 as traces: its JSON as released, where the archive is called "
        "AppAct, or its teaching file in parquet."));
