// SPDX-License-Identifier: Apache-2.0
#include "tables/row_parameters.hpp"

namespace morgana::tables {

RowParameters::RowParameters(Stage& stage)
    : channels_(
          stage, "channels",
          {.doc = "Packet channels and their columns: \"PL=pkts_size\", or \"PL\" where the column has the "
                  "channel's name; \"PL*DIR=column\" where the sign is the direction. PL is in bytes, IAT and TIME "
                  "in seconds, DIR 0 and 1 or -1 and 1."}),
      timestamps_(
          stage, "timestamps",
          {.value = "", .doc = "The column of each packet's time, from any start; the channel IAT is made from it."}),
      scale_(stage, "scale",
             {.value = std::vector<std::string>{},
              .doc = "Factors for columns in other units: \"IAT=1e-6\" where times are in microseconds."}),
      positive_(stage, "positive",
                {.value = Choice{"down"},
                 .choices = {"down", "up"},
                 .doc = "What a positive direction, or sign, means: down is towards the client or phone; the other "
                        "way is 0 or negative."}),
      kept_(stage, 0),
      fit_each_other_(stage, [this] { RowCollector{options()}; }) {}

RowOptions RowParameters::options() const {
  RowOptions options{channel_sources(*channels_, *timestamps_, *scale_)};
  options.kept = kept_.kept();
  options.positive = *positive_ == "up" ? Positive::kUp : Positive::kDown;
  return options;
}

}  // namespace morgana::tables
