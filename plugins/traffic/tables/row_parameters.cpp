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
      zero_payload_(stage, "zero_payload",
                    {.value = Choice{"keep"},
                     .choices = {"keep", "drop"},
                     .doc = "Packets whose PL is 0, such as bare acknowledgements; IAT spans those dropped."}),
      packets_(stage, "packets",
               {.value = 0, .unit = "packets", .min = 0, .doc = "Packets kept from the start of each trace; 0: all."}),
      minimum_packets_(stage, "minimum_packets",
                       {.value = 1, .unit = "packets", .min = 1, .doc = "Shortest trace kept."}) {}

RowOptions RowParameters::options() const {
  if (*packets_ != 0 && *packets_ < *minimum_packets_)
    throw Error("minimum_packets {} is more than packets {}", *minimum_packets_, *packets_);
  RowOptions options{channel_sources(*channels_, *timestamps_, *scale_)};
  options.packets = static_cast<std::size_t>(*packets_);
  options.minimum_packets = static_cast<std::size_t>(*minimum_packets_);
  options.zero_payload = *zero_payload_ == "drop" ? ZeroPayload::kDrop : ZeroPayload::kKeep;
  options.positive = *positive_ == "up" ? Positive::kUp : Positive::kDown;
  return options;
}

}  // namespace morgana::tables
