// SPDX-License-Identifier: Apache-2.0
// evaluate.frechet: how far sets of images are apart in the features of networks that know traffic.
#include <ATen/Functions.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "frechet_distance.hpp"
#include "morgana/error.hpp"
#include "morgana/metrics.hpp"
#include "morgana/random.hpp"
#include "morgana/stage.hpp"
#include "morgana/tensor.hpp"
#include "networks/classifier.hpp"
#include "statistics/interval.hpp"
#include "statistics/trace_set.hpp"

namespace morgana::frechet {
namespace {

using Rows = std::vector<std::size_t>;
using Counts = std::vector<std::size_t>;

constexpr std::int64_t kFeatures = 128;
constexpr std::size_t kBatch = 256;
// Nobody's choice: the random network is the same in every comparison.
constexpr std::uint64_t kRandomNetwork = 0x6d6f7267616e61;

class Frechet final : public Stage {
  In<Images> real{*this, "real", "Images of real traces held out from training."};
  In<Images> synthetic{*this, "synthetic", "Generated images."};
  In<Images> train{*this, "train",
                   "Images of the training part: the extractor learns on them, and they give the floor."};
  Out<Metrics> metrics{*this, "metrics", "Frechet and kernel distance under each extractor."};
  Param<int> steps{
      *this, "steps", {.value = 600, .min = 0, .doc = "Training steps of the classifier whose features are compared."}};
  Param<int> samples{
      *this, "samples", {.value = 10000, .unit = "images", .min = 2, .doc = "Most images taken of each set."}};
  Param<int> repeats{*this, "repeats", {.value = 3, .min = 1, .doc = "Draws from the training part for the floor."}};
  Param<int> subsets{*this,
                     "subsets",
                     {.value = 100,
                      .min = 1,
                      .doc = "Subsets of the kernel distance.",
                      .origin = "Binkowski et al., arXiv:1801.01401"}};
  Param<int> subset_size{*this,
                         "subset_size",
                         {.value = 1000,
                          .unit = "images",
                          .min = 2,
                          .doc = "Images in a subset.",
                          .origin = "Binkowski et al., arXiv:1801.01401"}};
  // A parameter and not the node's seed, so that every combination of a `vary` is measured by the same network.
  Param<int> evaluation_seed{
      *this,
      "evaluation_seed",
      {.value = 1, .min = 0, .doc = "Seed of the extractor and the draws, the same for everything compared."}};
  Accelerated accelerated{*this};
  Parallel parallel{*this};

  void run(Context& context) override;
  void check_shapes() const;
  void choose_rows();
  void compare(const networks::Classifier& network, const char* name, Context& context, Metrics& result) const;
  at::Tensor features(const networks::Classifier& network, const Images& images, const Rows& rows,
                      Context& context) const;
  double accuracy(const networks::Classifier& network, const Images& images, const Rows& rows, Context& context) const;
  std::uint64_t seed(std::uint64_t number) const {
    return mix_seed(static_cast<std::uint64_t>(*evaluation_seed), number);
  }

  statistics::ClassList classes_;
  statistics::RowsByClass real_rows_, train_rows_, synthetic_rows_;
  Counts counts_;  ///< images of each class on the synthetic side, and of the floor
  bool matched_ = true;
  Rows real_chosen_, synthetic_chosen_;
};

void Frechet::check_shapes() const {
  const auto shape = real->shape();
  for (const auto& [images, name] : {std::pair{&*train, "train"}, std::pair{&*synthetic, "synthetic"}})
    if (!(images->shape() == shape))
      throw Error(
          "input \"{}\" has images of {} x {} x {}, input \"real\" of {} x {} x {}; give all three the same codec",
          name, images->shape().channels, images->shape().height, images->shape().width, shape.channels, shape.height,
          shape.width);
  for (const auto& [images, name] :
       {std::pair{&*real, "real"}, std::pair{&*train, "train"}, std::pair{&*synthetic, "synthetic"}})
    if (images->size() == 0) throw Error("input \"{}\" has no images", name);
}

statistics::RowsByClass one_class(const Images& images) {
  Rows rows(images.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  return {rows};
}

bool labelled(const Images& images) {
  return std::any_of(images.labels().begin(), images.labels().end(), [](std::int32_t label) { return label >= 0; });
}

/// Takes the synthetic images in the class shares of the test part as far as there are enough: a generator that was
/// asked for as many of each class is not blamed for what it was asked.
void Frechet::choose_rows() {
  if (labelled(*real) && labelled(*train) && labelled(*synthetic)) {
    for (const auto* images : {&*train, &*real, &*synthetic}) classes_.add(images->class_names(), images->labels());
    real_rows_ = classes_.rows(real->class_names(), real->labels());
    train_rows_ = classes_.rows(train->class_names(), train->labels());
    synthetic_rows_ = classes_.rows(synthetic->class_names(), synthetic->labels());
  } else {
    real_rows_ = one_class(*real), train_rows_ = one_class(*train), synthetic_rows_ = one_class(*synthetic);
  }
  const auto real_counts = statistics::sizes(real_rows_), train_counts = statistics::sizes(train_rows_),
             synthetic_counts = statistics::sizes(synthetic_rows_);
  const auto limit = static_cast<std::size_t>(*samples), real_total = statistics::total(real_counts);
  const auto wanted = std::min({limit, statistics::total(train_counts), statistics::total(synthetic_counts)});
  const auto share = [&](std::size_t of, std::size_t index) {
    return static_cast<std::size_t>(std::llround(static_cast<double>(of) * static_cast<double>(real_counts[index]) /
                                                 static_cast<double>(real_total)));
  };
  Counts real_wanted(real_counts);
  for (std::size_t i = 0; i < real_counts.size(); ++i) {
    counts_.push_back(std::min({share(wanted, i), train_counts[i], synthetic_counts[i]}));
    matched_ &= counts_[i] == share(wanted, i);
    if (real_total > limit) real_wanted[i] = share(limit, i);
  }
  real_chosen_ = statistics::draw_by_class(real_rows_, real_wanted, seed(1));
  synthetic_chosen_ = statistics::draw_by_class(synthetic_rows_, counts_, seed(2));
}

at::Tensor Frechet::features(const networks::Classifier& network, const Images& images, const Rows& rows,
                             Context& context) const {
  const at::NoGradGuard no_gradient;
  const auto device = torch_device(context);
  std::vector<at::Tensor> parts{at::empty({0, kFeatures}, at::kDouble)};
  for (std::size_t start = 0; start < rows.size(); start += kBatch) {
    context.check_stop();
    const auto batch = std::span(rows).subspan(start, std::min(kBatch, rows.size() - start));
    parts.push_back(network.features(image_batch(images, batch, device)).to(at::kCPU, at::kDouble));
  }
  return at::cat(parts);
}

double Frechet::accuracy(const networks::Classifier& network, const Images& images, const Rows& rows,
                         Context& context) const {
  if (rows.empty()) return std::numeric_limits<double>::quiet_NaN();
  const at::NoGradGuard no_gradient;
  const auto labels = classes_.labels(images.class_names(), images.labels());
  const auto answers = network.logits(features(network, images, rows, context).to(torch_device(context), at::kFloat))
                           .argmax(1)
                           .to(at::kCPU);
  double right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    right += answers.const_data_ptr<std::int64_t>()[i] == labels[rows[i]] ? 1 : 0;
  return right / static_cast<double>(rows.size());
}

void Frechet::compare(const networks::Classifier& network, const char* name, Context& context, Metrics& result) const {
  const auto real_features = features(network, *real, real_chosen_, context);
  const auto kernel_to_real = [&](const at::Tensor& other, std::uint64_t number) {
    return kernel_distance(other, real_features, *subsets, *subset_size, seed(number));
  };
  const auto synthetic_features = features(network, *synthetic, synthetic_chosen_, context);
  std::vector<double> floors;
  KernelDistance kernel_floor;
  for (int repeat = 0; repeat < *repeats; ++repeat) {
    const auto drawn = features(
        network, *train,
        statistics::draw_by_class(train_rows_, counts_, seed(100 + static_cast<std::uint64_t>(repeat))), context);
    floors.push_back(frechet_distance(drawn, real_features));
    if (repeat == 0) kernel_floor = kernel_to_real(drawn, 3);
  }
  const auto floor = statistics::summarise(floors);
  const auto kernel = kernel_to_real(synthetic_features, 3);

  Metric metric;
  metric.name = fmt::format("frechet_{}", name);
  metric.value = frechet_distance(synthetic_features, real_features);
  metric.better = Better::kLower;
  metric.tags = {{"extractor", name}};
  if (floor.count > 0) metric.floor = floor.mean;
  metric.real_count = static_cast<std::int64_t>(real_chosen_.size());
  metric.synthetic_count = static_cast<std::int64_t>(synthetic_chosen_.size());
  metric.headline = std::string_view(name) == "classifier";
  if (floor.low)
    metric.note =
        fmt::format("floor: 95 % interval {:.4g} to {:.4g} over {} draws", *floor.low, *floor.high, floor.count);
  if (synthetic_chosen_.size() < 2 || real_chosen_.size() < 2)
    metric.note = "not defined: a side has fewer than two images";
  auto kernel_metric = metric;
  result.metrics.push_back(std::move(metric));

  kernel_metric.name = fmt::format("kid_{}", name);
  kernel_metric.value = kernel.mean;
  kernel_metric.floor = kernel_floor.mean;
  kernel_metric.headline = false;
  kernel_metric.note = fmt::format(
      "{} subsets of {}, standard deviation over subsets {:.3g} (floor {:.3g}); unbiased, so it can be negative",
      kernel.subsets, kernel.size, kernel.deviation, kernel_floor.deviation);
  result.metrics.push_back(std::move(kernel_metric));
}

void Frechet::run(Context& context) {
  check_shapes();
  const ThreadScope threads(context.threads());
  const auto device = torch_device(context);
  choose_rows();
  Metrics result;
  result.evaluator = "evaluate.frechet";
  const auto shape = real->shape();
  networks::ClassifierShape network_shape{shape.channels, shape.height, shape.width,
                                          static_cast<std::int64_t>(std::max<std::size_t>(classes_.size(), 2)),
                                          kFeatures};

  std::size_t trained_classes = 0;
  for (const auto& rows : train_rows_) trained_classes += rows.empty() ? 0 : 1;
  if (classes_.size() > 0 && trained_classes > 1) {
    networks::Classifier network(network_shape, seed(0), device);
    const auto all_labels = classes_.labels(train->class_names(), train->labels());
    Rows rows;
    std::vector<std::int32_t> labels;
    for (std::size_t row = 0; row < all_labels.size(); ++row)
      if (all_labels[row] >= 0) rows.push_back(row), labels.push_back(all_labels[row]);
    const auto examples = [&](const Rows& chosen) {
      Rows picked;
      for (const auto index : chosen) picked.push_back(rows[index]);
      return image_batch(*train, picked, device);
    };
    const double loss = networks::train(network, examples, labels, {.steps = *steps, .seed = seed(0)}, device, context);
    compare(network, "classifier", context, result);
    Metric known;
    known.name = "class_accuracy";
    known.value = accuracy(network, *synthetic, synthetic_chosen_, context);
    known.floor = accuracy(network, *real, real_chosen_, context);
    known.better = Better::kHigher;
    known.tags = {{"extractor", "classifier"}};
    known.real_count = static_cast<std::int64_t>(real_chosen_.size());
    known.synthetic_count = static_cast<std::int64_t>(synthetic_chosen_.size());
    known.note =
        "share of synthetic images that the extractor takes for the class they were asked for; the floor is that of "
        "real test images";
    result.notes["extractor classifier"] = fmt::format(
        "trained on {} real images of the training part, {} steps of 128, last loss {:.3g}, accuracy on real test "
        "images {:.3f}, XXH3 of its weights {}",
        rows.size(), *steps, loss, *known.floor, network.fingerprint());
    result.metrics.push_back(std::move(known));
  } else {
    Metric none;
    none.name = "frechet_classifier";
    none.value = std::numeric_limits<double>::quiet_NaN();
    none.better = Better::kLower;
    none.tags = {{"extractor", "classifier"}};
    none.headline = true;
    none.note = "not defined: a classifier needs labels and at least two classes in every set";
    result.metrics.push_back(std::move(none));
  }
  network_shape.classes = 2;  // its last layer is not used; so the network is the same whatever the classes
  const networks::Classifier random(network_shape, kRandomNetwork, device);
  compare(random, "random", context, result);
  result.notes["extractor random"] =
      fmt::format("untrained, the same in every run, XXH3 of its weights {}", random.fingerprint());

  result.notes["not FID"] =
      "these are Frechet distances in features of our own networks, not the Inception features of FID: compare them "
      "with their floors and with each other, "
      "under one codec and one extractor (same hash), never with published FID values";
  result.notes["floor"] =
      "real test part against training images, as many of each class as there are synthetic ones; the extractor has "
      "seen those training images";
  result.notes["bias"] =
      "the Frechet distance falls with the number of images; floor and value are taken at the same sizes";
  if (!matched_)
    result.notes["class shares"] =
        "there are too few synthetic or training images of some class to give the synthetic side the test part's class "
        "shares; the floor has the same shares as the value";
  metrics = std::move(result);
}

}  // namespace
}  // namespace morgana::frechet

MORGANA_PLUGIN("frechet", "1.0.0",
               "Frechet and kernel distances of image sets in the features of networks that know traffic.",
               morgana::stage<morgana::frechet::Frechet>("evaluate.frechet"));
