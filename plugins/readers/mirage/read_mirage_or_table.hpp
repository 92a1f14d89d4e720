// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "read_mirage.hpp"

namespace morgana::mirage {

/// Reads a release of which courses hand out a table as well: JSON as published, or that parquet file.
class ReadMirageOrTable : public ReadMirage {
 public:
  using ReadMirage::ReadMirage;
  void run(Context& context) override;

 private:
  void read_table(const std::filesystem::path& file, Context& context);

  Param<std::string> label_column{
      *this,
      "label_column",
      {.value = "LABEL", .doc = "Of a teaching file in parquet: the text column that becomes the class."}};
  Param<Choice> time_unit{*this,
                          "time_unit",
                          {.value = Choice{"us"},
                           .choices = {"us", "s"},
                           .doc = "Of a teaching file in parquet: the unit of its IAT; traces hold seconds.",
                           .origin = "the files hold microseconds"}};
  Param<Choice> padding{
      *this,
      "padding",
      {.value = Choice{"drop"},
       .choices = {"drop", "keep"},
       .doc = "Of a teaching file in parquet: packets of zero payload at the end of a row, with which "
              "some files fill rows up."}};
};

}  // namespace morgana::mirage
