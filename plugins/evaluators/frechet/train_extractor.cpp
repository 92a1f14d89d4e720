// SPDX-License-Identifier: Apache-2.0
// train.extractor: a classifier of real traffic, whose hidden layer evaluate.frechet looks through.
#include "train_extractor.hpp"

#include <algorithm>

#include "extractor.hpp"
#include "morgana/error.hpp"
#include "morgana/random.hpp"
#include "morgana/tensor.hpp"

namespace morgana::frechet {

void TrainExtractor::run(Context& context) {
  const ThreadScope threads(context.threads());
  const auto device = torch_device(context);
  // The classes that have images: an answer that nothing taught would be a feature of the seed.
  statistics::ClassList classes;
  classes.add(images->class_names(), images->labels());
  if (classes.size() < 2)
    throw Error("an extractor learns to tell classes apart, and the images have {}",
                classes.size() == 0 ? "none" : "one alone")
        .hint("leave input \"extractor\" of evaluate.frechet unconnected: a random network then judges alone");
  const auto all_labels = classes.labels(images->class_names(), images->labels());
  std::vector<std::size_t> rows;
  std::vector<std::int32_t> labels;
  for (std::size_t row = 0; row < all_labels.size(); ++row)
    if (all_labels[row] >= 0) rows.push_back(row), labels.push_back(all_labels[row]);

  const auto seed = mix_seed(static_cast<std::uint64_t>(*evaluation_seed), 0);
  networks::Classifier network(extractor_shape(images->shape(), classes.size()), seed, device);
  std::uint64_t done = 0;
  const auto examples = [&](const std::vector<std::size_t>& chosen) {
    context.progress({done++, static_cast<std::uint64_t>(*steps), "steps", ""});
    std::vector<std::size_t> picked;
    for (const auto index : chosen) picked.push_back(rows[index]);
    return image_batch(*images, picked, device);
  };
  const double loss = networks::train(network, examples, labels, {.steps = *steps, .seed = seed}, device, context);

  Model trained;
  trained.kind = "extractor";
  trained.weights = network.weights();
  trained.codec = images->codec();
  trained.class_names = classes.names();
  for (std::size_t i = 0; i < classes.size(); ++i)
    trained.class_counts.push_back(std::count(labels.begin(), labels.end(), static_cast<std::int32_t>(i)));
  trained.facts = {
      {"images", static_cast<double>(rows.size())}, {"steps", static_cast<double>(*steps)}, {"loss", loss}};
  extractor = std::move(trained);
}

}  // namespace morgana::frechet
