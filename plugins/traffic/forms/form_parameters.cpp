// SPDX-License-Identifier: Apache-2.0
#include "forms/form_parameters.hpp"

#include "morgana/channels.hpp"

namespace morgana::forms {

KeptParameters::KeptParameters(Stage& stage, int most, const std::string& origin)
    : packets_(stage, "packets",
               {.value = most,
                .unit = "packets",
                .min = 0,
                .doc = "Packets kept from the start of each trace; 0: all.",
                .origin = origin}),
      zero_payload_(stage, "zero_payload",
                    {.value = Choice{"keep"},
                     .choices = {"keep", "drop"},
                     .doc = "Packets whose PL is 0, such as bare acknowledgements; IAT spans those dropped."}),
      minimum_packets_(stage, "minimum_packets",
                       {.value = 1, .unit = "packets", .min = 1, .doc = "Shortest trace kept, after `zero_payload`."}),
      long_enough_(stage, [this] { kept(); }) {}

KeptPackets KeptParameters::kept() const {
  const KeptPackets kept{static_cast<std::size_t>(*packets_), static_cast<std::size_t>(*minimum_packets_),
                         *zero_payload_ == "drop" ? ZeroPayload::kDrop : ZeroPayload::kKeep};
  kept.check();
  return kept;
}

FormParameters::FormParameters(Stage& stage, const std::vector<std::string>& channels, std::string_view remark)
    : channels_(stage, "channels",
                {.value = std::vector<std::string>{"PL", "IAT", "DIR"},
                 .choices = channels,
                 .doc = channels_doc(channels) + std::string(remark)}),
      kept_(stage, 32, "MIRAGE-2019 lists the first 32 packets"),
      payload_bytes_(stage, "payload_bytes",
                     {.value = 0,
                      .unit = "bytes",
                      .min = 0,
                      .doc = "Transport payload bytes kept of each packet, from its start; 0: none."}),
      channels_differ_(stage, [this] { form().check("the stage", channels_.info().choices); }) {}

TraceForm FormParameters::form() const { return {*channels_, kept_.kept(), static_cast<std::size_t>(*payload_bytes_)}; }

std::string channels_doc(const std::vector<std::string>& channels) {
  std::string doc = "What is kept of each packet";
  const char* before = ": ";
  for (const auto& name : channels) {
    doc.append(before).append(name).append(" ").append(find_standard_channel(name)->doc);
    before = "; ";
  }
  return doc + ".";
}

}  // namespace morgana::forms
