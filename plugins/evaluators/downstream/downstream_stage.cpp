// SPDX-License-Identifier: Apache-2.0
#include "downstream_stage.hpp"

#include "morgana/error.hpp"

namespace morgana::downstream {

std::vector<std::string> DownstreamStage::channel_units() const {
  std::vector<std::string> units;
  for (const auto& channel : *channels) units.push_back(train->expression_unit(channel));
  return units;
}

void DownstreamStage::run(Context& context) {
  const auto study = make_study(*train, *test, *synthetic, {*channels, static_cast<std::size_t>(*packets)});
  const auto with = classifier(context);
  auto result = run_protocols(
      study, {with.name, *protocols, *repeats, static_cast<std::uint64_t>(*evaluation_seed), *ratios, *few},
      with.train_and_predict, context);
  result.evaluator = with.stage;
  result.notes["classifier"] = with.definition;
  result.notes["features"] =
      fmt::format("first {} packets of {}, zeros behind the end", *packets, fmt::join(*channels, ", "));
  metrics = std::move(result);
}

}  // namespace morgana::downstream
