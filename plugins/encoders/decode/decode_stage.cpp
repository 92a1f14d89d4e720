// SPDX-License-Identifier: Apache-2.0
// decode.traces: images back to traces, with an account of everything that was done to the numbers.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "morgana/error.hpp"
#include "morgana/images.hpp"
#include "morgana/metrics.hpp"
#include "morgana/stage.hpp"
#include "payload_sizes.hpp"

namespace morgana::decode {
namespace {

constexpr std::size_t kBatch = 256;
// Bytes. A true image decodes to within this of whole bytes; what rounding does to it then is no change.
constexpr double kMoved = 0.05;

/// What was done to the decoded numbers.
struct Account {
  std::vector<double> residuals;
  std::int64_t numbers = 0, clipped = 0, payloads = 0, payloads_changed = 0, times = 0, times_raised = 0,
               first_times_changed = 0, empty = 0;
  double payload_distance = 0, largest_payload_distance = 0;
};

double quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return std::nan("");
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double share(double part, std::int64_t whole) { return whole == 0 ? 0.0 : part / static_cast<double>(whole); }

class DecodeTraces final : public Stage {
  In<Images> images{*this, "images", "Images, generated or real, with the codec they were made by."};
  In<Traces> train{*this, "train", "Training traces: the payload lengths that `round` \"seen\" may choose from.",
                   Need::kOptional};
  Out<Traces> traces{*this, "traces", "Their traces, with channels, units and class names as a reader gives them."};
  Out<Metrics> accounting{*this, "accounting",
                          "How far the images were from true ones, and how many numbers were changed after decoding."};
  Param<Choice> inverse{
      *this,
      "inverse",
      {.value = Choice{"whole-image"},
       .choices = {"diagonal", "whole-image"},
       .doc = "Read the diagonal alone, or fit the series to all pixels by least squares. Where the pixels' errors are "
              "independent the whole image is closer; where they are errors of the series itself both are equal.",
       .origin = "measured in benchmarks/encoders"}};
  Param<Choice> round{*this,
                      "round",
                      {.value = Choice{"byte"},
                       .choices = {"none", "byte", "seen"},
                       .doc = "Payload lengths: left as they are; to whole bytes; or to the nearest one that a "
                              "training packet of that class and direction had."}};

  void run(Context& context) override {
    const auto& codec = *images->codec();
    const auto channels = codec.trace_channels();
    if (*round == "seen" && !train)
      throw Error("round \"seen\" needs the training traces")
          .hint("connect input \"train\" to what the encoder was fitted on");
    std::optional<PayloadSizes> sizes;
    if (*round == "seen") sizes.emplace(*train, codec.length());

    TraceTable table;
    for (const auto& [name, unit] : channels) table.channels.push_back({name, unit, {}});
    table.label = {images->class_names(), images->labels()};
    Account account;
    std::vector<std::size_t> rows;
    std::vector<float> pixels;
    for (std::size_t start = 0; start < images->size(); start += kBatch) {
      context.check_stop();
      rows.clear();
      for (std::size_t row = start; row < std::min(start + kBatch, images->size()); ++row) rows.push_back(row);
      pixels.resize(rows.size() * images->shape().pixels());
      images->batch(rows, pixels);
      if (!std::all_of(pixels.begin(), pixels.end(), [](float pixel) { return std::isfinite(pixel); }))
        throw Error("an image among {} to {} holds a pixel that is no number", start, start + rows.size() - 1)
            .hint("the generator has diverged: lower its learning_rate, or sample with less guidance");
      const auto series =
          codec.decode(pixels, rows.size(), *inverse == "diagonal" ? Inverse::kDiagonal : Inverse::kWholeImage);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        append(series, i, codec.length(), table, account);
        account.numbers += series.lengths[i] * images->shape().channels;
      }
      context.progress({.done = start + rows.size(), .total = images->size(), .unit = "images"});
    }
    finish(table, sizes, account);
    table.notes = notes(codec);
    table.counts["traces decoded empty, given one packet"] = account.empty;
    table.counts["numbers outside the codec's range, clipped"] = account.clipped;
    table.counts["payload lengths moved by rounding"] = account.payloads_changed;
    table.counts["negative inter-arrival times set to 0"] = account.times_raised;
    table.counts["first inter-arrival times set to 0"] = account.first_times_changed;
    context.log().info("{} traces; {:.1f} % of the payload lengths were moved, by {:.3g} bytes on average",
                       images->size(), 100 * share(static_cast<double>(account.payloads_changed), account.payloads),
                       share(account.payload_distance, account.payloads));
    accounting = metrics(codec, account);
    traces = Traces(std::move(table));
  }

  static void append(const DecodedSeries& series, std::size_t image, std::size_t length, TraceTable& table,
                     Account& account) {
    account.residuals.push_back(series.residuals[image]);
    if (series.lengths[image] == 0) ++account.empty;
    if (!series.clipped.empty()) account.clipped += series.clipped[image];
    const auto packets = std::max<std::size_t>(static_cast<std::size_t>(series.lengths[image]), 1);
    for (std::size_t c = 0; c < table.channels.size(); ++c) {
      const auto* first = series.values.data() + (image * table.channels.size() + c) * length;
      table.channels[c].values.insert(table.channels[c].values.end(), first, first + packets);
    }
    table.offsets.push_back(table.offsets.back() + packets);
  }

  void finish(TraceTable& table, const std::optional<PayloadSizes>& sizes, Account& account) const {
    std::vector<float>*payload = nullptr, *time = nullptr;
    const std::vector<float>* direction = nullptr;
    for (auto& channel : table.channels) {
      if (channel.name == "PL") payload = &channel.values;
      if (channel.name == "IAT") time = &channel.values;
      if (channel.name == "DIR") direction = &channel.values;
    }
    for (std::size_t row = 0; row + 1 < table.offsets.size(); ++row) {
      const auto id = table.label.id[row];
      const std::string class_name = id < 0 ? "" : table.label.names[static_cast<std::size_t>(id)];
      for (auto i = table.offsets[row]; i < table.offsets[row + 1]; ++i) {
        if (payload != nullptr)
          round_payload((*payload)[i], class_name, direction != nullptr && (*direction)[i] < 0, sizes, account);
        if (time == nullptr) continue;
        const bool first = i == table.offsets[row];
        ++account.times;
        if ((*time)[i] < 0) ++account.times_raised;
        else if (first && (*time)[i] > 0) ++account.first_times_changed;
        (*time)[i] = first ? 0.0f : std::max(0.0f, (*time)[i]);
      }
    }
  }

  void round_payload(float& payload, const std::string& class_name, bool up, const std::optional<PayloadSizes>& sizes,
                     Account& account) const {
    float value = std::max(0.0f, payload);
    if (sizes) value = sizes->nearest(class_name, up, value);
    else if (*round == "byte") value = std::round(value);
    const double distance = std::abs(static_cast<double>(value) - payload);
    ++account.payloads;
    if (distance > kMoved) ++account.payloads_changed;
    account.payload_distance += distance;
    account.largest_payload_distance = std::max(account.largest_payload_distance, distance);
    payload = value;
  }

  std::map<std::string, std::string> notes(const Codec& codec) const {
    std::map<std::string, std::string> result;
    result["made by"] = fmt::format("decode.traces from {} images, {} inverse", codec.kind(), inverse->text);
    result["codec exactness"] = codec.exactness();
    result["PL"] =
        *round == "none" ? "decoded, not rounded"
        : *round == "byte"
            ? "decoded, rounded to whole bytes"
            : "decoded, moved to the nearest payload length that training packets of the class and direction had";
    result["DIR"] = "the sign of the decoded value";
    result["IAT"] = "decoded; the first of each trace set to 0, negative ones to 0";
    result["length"] = "a trace that decoded empty was given one packet";
    return result;
  }

  Metrics metrics(const Codec& codec, Account& account) const {
    auto& residuals = account.residuals;
    std::sort(residuals.begin(), residuals.end());
    double sum = 0;
    for (const double residual : residuals) sum += residual;
    const auto count = static_cast<std::int64_t>(residuals.size());
    Metrics result;
    result.evaluator = "decode.traces";
    const auto add = [&](const char* name, double value, const char* unit, Better better = Better::kNeither) {
      result.metrics.push_back(
          {.name = name, .value = value, .unit = unit, .better = better, .synthetic_count = count});
    };
    add("residual_mean", share(sum, count), "", Better::kLower);
    add("residual_median", quantile(residuals, 0.5), "", Better::kLower);
    add("residual_p95", quantile(residuals, 0.95), "", Better::kLower);
    add("clipped_share", share(static_cast<double>(account.clipped), account.numbers), "", Better::kLower);
    add("payload_changed_share", share(static_cast<double>(account.payloads_changed), account.payloads), "");
    add("payload_change_mean", share(account.payload_distance, account.payloads), "bytes", Better::kLower);
    add("payload_change_max", account.largest_payload_distance, "bytes", Better::kLower);
    add("negative_time_share", share(static_cast<double>(account.times_raised), account.times), "", Better::kLower);
    add("first_time_changed_share", share(static_cast<double>(account.first_times_changed), count), "");
    add("empty_trace_share", share(static_cast<double>(account.empty), count), "", Better::kLower);
    result.notes = notes(codec);
    result.notes["residual"] =
        "root mean square difference, over all pixels in [-1, 1], between an image and the image of the series decoded "
        "from it; 0 for a true image";
    result.notes["clipped_share"] =
        "share of the decoded numbers that lay outside the codec's range by more than 0.001 of it";
    result.notes["payload_changed_share"] = "share of payload lengths that rounding moved by more than 0.05 bytes";
    return result;
  }
};

}  // namespace
}  // namespace morgana::decode

MORGANA_PLUGIN("decode", "1.0.0", "Images back to traces, and an account of what was done to the numbers.",
               morgana::stage<morgana::decode::DecodeTraces>("decode.traces"));
