// SPDX-License-Identifier: Apache-2.0
// evaluate.frechet: how far sets of images are apart, and overlap, in the features of a network that knows traffic.
#include "frechet.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "extractor.hpp"
#include "frechet_distance.hpp"
#include "morgana/error.hpp"
#include "morgana/tensor.hpp"
#include "neighbourhoods.hpp"
#include "statistics/interval.hpp"

namespace morgana::frechet {
namespace {

using Counts = std::vector<std::size_t>;

constexpr std::size_t kBatch = 256;
// Nobody's choice: the random network is the same in every comparison.
constexpr std::uint64_t kRandomNetwork = 0x6d6f7267616e61;

}  // namespace

void Frechet::check_inputs() const {
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
  for (const auto& [images, name] : {std::pair{&*train, "train"}, std::pair{&*synthetic, "synthetic"}})
    if (!same_codec(*images->codec(), *real->codec()))
      throw Error("input \"{}\" has images of another codec than input \"real\"", name)
          .hint("compare images of one encoder: its \"applied\", and what was generated from its \"images\"");
  if (extractor) check_extractor(*extractor, *real);
}

namespace {

statistics::RowsByClass one_class(const Images& images) {
  Rows rows(images.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  return {rows};
}

bool labelled(const Images& images) {
  return std::any_of(images.labels().begin(), images.labels().end(), [](std::int32_t label) { return label >= 0; });
}

}  // namespace

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
  std::vector<at::Tensor> parts{at::empty({0, kExtractorFeatures}, at::kDouble)};
  for (std::size_t start = 0; start < rows.size(); start += kBatch) {
    context.check_stop();
    const auto batch = std::span(rows).subspan(start, std::min(kBatch, rows.size() - start));
    parts.push_back(network.features(image_batch(images, batch, device)).to(at::kCPU, at::kDouble));
  }
  return at::cat(parts);
}

Metric Frechet::class_accuracy(const networks::Classifier& network, Context& context) const {
  const at::NoGradGuard no_gradient;
  const auto known = extractor_classes(*extractor);
  // Of the images whose class the extractor knows: their number, and the share it takes for that class.
  const auto accuracy = [&](const Images& images, const Rows& rows) {
    const auto labels = known.labels(images.class_names(), images.labels());
    const auto answers = network.logits(features(network, images, rows, context).to(torch_device(context), at::kFloat))
                             .argmax(1)
                             .to(at::kCPU);
    std::int64_t asked = 0, right = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (labels[rows[i]] < 0) continue;
      ++asked;
      right += answers.const_data_ptr<std::int64_t>()[i] == labels[rows[i]] ? 1 : 0;
    }
    return std::pair{asked, asked > 0 ? static_cast<double>(right) / static_cast<double>(asked)
                                      : std::numeric_limits<double>::quiet_NaN()};
  };
  const auto [real_asked, of_real] = accuracy(*real, real_chosen_);
  const auto [synthetic_asked, of_synthetic] = accuracy(*synthetic, synthetic_chosen_);
  Metric metric;
  metric.name = "class_accuracy";
  metric.value = of_synthetic;
  metric.floor = of_real;
  metric.better = Better::kHigher;
  metric.tags = {{"extractor", "classifier"}, {"codec", std::string(real->codec()->kind())}};
  metric.real_count = real_asked;
  metric.synthetic_count = synthetic_asked;
  metric.note =
      "share of synthetic images that the extractor takes for the class they were asked for; the floor is that of "
      "real test images";
  return metric;
}

Clouds Frechet::clouds(const networks::Classifier& network, Context& context) const {
  Clouds clouds{
      features(network, *real, real_chosen_, context), features(network, *synthetic, synthetic_chosen_, context), {}};
  // Where every class is drawn whole, all draws are one: a second would only feign an interval.
  bool whole = true;
  for (std::size_t i = 0; i < counts_.size(); ++i) whole &= counts_[i] >= train_rows_[i].size();
  for (int repeat = 0; repeat < (whole ? 1 : *repeats); ++repeat)
    clouds.drawn.push_back(features(
        network, *train,
        statistics::draw_by_class(train_rows_, counts_, seed(100 + static_cast<std::uint64_t>(repeat))), context));
  return clouds;
}

namespace {

/// A metric with the mean of `floors` as its floor, and their interval in its note.
Metric with_floor(Metric metric, const std::vector<double>& floors) {
  const auto floor = statistics::summarise(floors);
  if (floor.count > 0) metric.floor = floor.mean;
  if (floor.low)
    metric.note =
        fmt::format("floor: 95 % interval {:.4g} to {:.4g} over {} draws", *floor.low, *floor.high, floor.count);
  return metric;
}

}  // namespace

void Frechet::add_frechet(const Clouds& clouds, const Metric& form, Metrics& result) const {
  std::vector<double> floors;
  for (const auto& drawn : clouds.drawn) floors.push_back(frechet_distance(drawn, clouds.real));
  auto metric = with_floor(form, floors);
  metric.name = "frechet_" + form.name;
  metric.value = frechet_distance(clouds.synthetic, clouds.real);
  metric.better = Better::kLower;
  if (synthetic_chosen_.size() < 2 || real_chosen_.size() < 2)
    metric.note = "not defined: a side has fewer than two images";
  result.metrics.push_back(std::move(metric));
}

void Frechet::add_kernel(const Clouds& clouds, const Metric& form, Metrics& result) const {
  const auto to_real = [&](const at::Tensor& other) {
    return kernel_distance(other, clouds.real, *subsets, *subset_size, seed(3));
  };
  const auto distance = to_real(clouds.synthetic), floor = to_real(clouds.drawn.front());
  auto metric = form;
  metric.name = "kid_" + form.name;
  metric.value = distance.mean;
  metric.floor = floor.mean;
  metric.better = Better::kLower;
  metric.headline = false;
  metric.note =
      distance.subsets == 1
          ? fmt::format("of all {} images, without subsets; unbiased, so it can be negative", distance.size)
          : fmt::format(
                "{} subsets of {}, standard deviation over subsets {:.3g} (floor {:.3g}); unbiased, so it can "
                "be negative",
                distance.subsets, distance.size, distance.deviation, floor.deviation);
  result.metrics.push_back(std::move(metric));
}

void Frechet::add_overlap(const Clouds& clouds, const Metric& form, Context& context, Metrics& result) const {
  const auto real_balls = balls(clouds.real, *neighbours);
  const auto with_real = [&](const at::Tensor& other) {
    context.check_stop();
    return overlap(real_balls, balls(other, *neighbours));
  };
  const auto value = with_real(clouds.synthetic);
  std::vector<Overlap> floors;
  for (const auto& drawn : clouds.drawn) floors.push_back(with_real(drawn));
  const auto add = [&](const char* name, double Overlap::*number, Better better) {
    std::vector<double> of_draws;
    for (const auto& floor : floors) of_draws.push_back(floor.*number);
    auto metric = with_floor(form, of_draws);
    metric.name = fmt::format("{}_{}", name, form.name);
    metric.value = value.*number;
    metric.better = better;
    metric.headline = form.headline && number == &Overlap::coverage;
    if (std::isnan(metric.value))
      metric.note = fmt::format("not defined: a side has no more than {} images", *neighbours);
    result.metrics.push_back(std::move(metric));
  };
  add("precision", &Overlap::precision, Better::kHigher);
  add("recall", &Overlap::recall, Better::kHigher);
  add("density", &Overlap::density, Better::kNeither);
  add("coverage", &Overlap::coverage, Better::kHigher);
}

void Frechet::compare(const networks::Classifier& network, const char* name, Context& context, Metrics& result) const {
  Metric form;
  form.name = name;
  // Distances under other codecs are other quantities: the tag keeps them in columns of their own.
  form.tags = {{"extractor", name}, {"codec", std::string(real->codec()->kind())}};
  form.real_count = static_cast<std::int64_t>(real_chosen_.size());
  form.synthetic_count = static_cast<std::int64_t>(synthetic_chosen_.size());
  form.headline = std::string_view(name) == "classifier" || !extractor;
  const auto sets = clouds(network, context);
  add_frechet(sets, form, result);
  add_kernel(sets, form, result);
  add_overlap(sets, form, context, result);
}

void Frechet::run(Context& context) {
  check_inputs();
  const ThreadScope threads(context.threads());
  const auto device = torch_device(context);
  choose_rows();
  Metrics result;
  result.evaluator = "evaluate.frechet";
  if (extractor) {
    const auto network = load_extractor(*extractor, device);
    compare(network, "classifier", context, result);
    result.metrics.push_back(class_accuracy(network, context));
    result.notes["extractor classifier"] = fmt::format(
        "trained on {} real images, {} steps, last loss {:.3g}, accuracy on real test images {:.3f}, XXH3 "
        "of its weights {}",
        extractor->facts.at("images"), extractor->facts.at("steps"), extractor->facts.at("loss"),
        *result.metrics.back().floor, network.fingerprint());
  }
  // Its last layer is not used: with two classes it is the same network whatever the traffic's classes.
  const networks::Classifier random(extractor_shape(real->shape(), 2), kRandomNetwork, device);
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

}  // namespace morgana::frechet
