// SPDX-License-Identifier: Apache-2.0
// The C++ side of values_test.py.
//
//     morgana_interoperability write FOLDER   saves one value of each kind
//     morgana_interoperability read FILE      prints what `Archive` finds in a safetensors file
//     morgana_interoperability again FOLDER   loads what `write` saved and saves it as <name>.again
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdio>
#include <limits>

#include "morgana/archive.hpp"
#include "morgana/images.hpp"
#include "morgana/metrics.hpp"
#include "morgana/model.hpp"
#include "morgana/plugin.hpp"
#include "morgana/traces.hpp"

namespace morgana {
namespace {

namespace fs = std::filesystem;

/// A codec of 1 x 2 images: the first two payload lengths, in kilobytes.
class TwoPackets final : public Codec {
 public:
  std::string_view kind() const override { return "two-packets"; }
  ImageShape shape() const override { return {1, 1, 2}; }
  std::size_t length() const override { return 2; }
  std::vector<std::pair<std::string, std::string>> trace_channels() const override { return {{"PL", "bytes"}}; }
  void encode(const Traces& traces, std::span<const std::size_t> rows, std::span<float> images) const override {
    for (std::size_t i = 0; i < images.size(); ++i) {
      const auto values = traces[rows[i / 2]].channel("PL");
      images[i] = i % 2 < values.size() ? values[i % 2] / 1000 : 0;
    }
  }
  DecodedSeries decode(std::span<const float> images, std::size_t count, Inverse) const override {
    DecodedSeries series{{}, std::vector<std::int32_t>(count, 2), std::vector<float>(count, 0)};
    for (const float pixel : images) series.values.push_back(pixel * 1000);
    return series;
  }
  std::string exactness() const override { return "exact"; }
  std::string configuration() const override { return R"({"packets":2})"; }
  static std::shared_ptr<const Codec> load(const char*) { return std::make_shared<const TwoPackets>(); }
};

Traces some_traces() {
  TraceTable table;
  table.channels = {{"PL", "bytes", {100, 200, 300, 1460, 0, 1}},
                    {"IAT", "s", {0, 0, 1.5e-6f, 0, 0.25f, 3}},
                    {"DIR", "", {-1, -1, 1, -1, 1, 1}}};
  table.offsets = {0, 1, 3, 6};
  table.label = {{"com.example.caf\u00e9", "b"}, {0, 1, -1}};
  table.capture = {{"first.json", "second.json"}, {0, 0, 1}};
  table.label_source = {LabelSource::kExact, LabelSource::kMostCommon, LabelSource::kUnknown};
  table.keys = {"1.2.3.4,1,5.6.7.8,2,6", "", "2001:db8::1,443,2001:db8::2,5,17"};
  table.columns = {{"duration", "s", {0.5, 1, 1e-9}}};
  table.counts = {{"skipped: no label", 3}};
  table.notes = {{"IAT", "was \"microseconds\""}};
  return Traces(std::move(table));
}

Model some_model() {
  Model model;
  model.kind = "example";
  model.configuration = R"({"width":2})";
  model.weights["layer.weight"] = Array::of(std::vector<float>{1, -2, 3.5f, 1e-30f, 5, 6}, {2, 3});
  model.weights["layer.bias"] = Array::of(std::vector<double>{0.1, 0.2});
  model.weights["steps"] = Array::of(std::vector<std::int64_t>{1'000'000'000'000}, {});
  model.weights["table"] = Array::of(std::vector<std::uint8_t>{0, 255, 7});
  model.codec = std::make_shared<const TwoPackets>();
  model.class_names = {"a", "b"};
  model.class_counts = {2, 1};
  model.curves = {{"loss", "steps", "", {1, 2}, {0.5, std::numeric_limits<double>::quiet_NaN()}}};
  model.facts = {{"parameters", 8}};
  return model;
}

Metrics some_metrics() {
  Metrics metrics;
  metrics.evaluator = "evaluate.example";
  Metric distance;
  distance.name = "wasserstein1";
  distance.value = 0.1 + 0.2;
  distance.unit = "bytes";
  distance.better = Better::kLower;
  distance.tags = {{"class", "a"}, {"channel", "PL*DIR"}};
  distance.floor = 0.01, distance.low = 0.2, distance.high = 0.4;
  distance.repeats = 5, distance.real_count = 10, distance.synthetic_count = 9;
  distance.headline = true;
  metrics.metrics.push_back(distance);
  Metric undefined;
  undefined.name = "wasserstein1";
  undefined.value = std::numeric_limits<double>::quiet_NaN();
  undefined.note = "no synthetic trace of this class";
  metrics.metrics.push_back(undefined);
  metrics.curves.push_back({"cdf", {{"source", "real"}}, "bytes", "share", {0, 1}, {0.5, 1}});
  metrics.matrices.push_back({"confusion", {}, {"a", "b"}, {"a", "b"}, {3, 0, 1, 2}});
  metrics.notes = {{"floor", "real against real"}};
  return metrics;
}

void write(const fs::path& folder) {
  const auto traces = std::make_shared<const Traces>(some_traces());
  const auto codec = std::make_shared<const TwoPackets>();
  traces->save(folder / "traces.safetensors");
  Images(traces, codec).save(folder / "images-of-traces.safetensors");
  Images({0.25f, -0.5f, 1, 0}, {{"a", "b"}, {1, 0}}, codec).save(folder / "pixels.safetensors");
  some_model().save(folder / "model.safetensors");
  some_metrics().save(folder / "metrics.json");
}

template <typename T>
void write_again(const fs::path& folder, const char* name) {
  T::load(folder / name)->save(folder / (std::string(name) + ".again"));
}

void again(const fs::path& folder) {
  register_codec(codec<TwoPackets>("two-packets"));
  write_again<Traces>(folder, "traces.safetensors");
  write_again<Images>(folder, "images-of-traces.safetensors");
  write_again<Images>(folder, "pixels.safetensors");
  write_again<Model>(folder, "model.safetensors");
  write_again<Metrics>(folder, "metrics.json");
}

template <typename T>
std::string listed(const Array& array) {
  return fmt::format("{}", fmt::join(array.as<T>(), " "));
}

std::string values_of(const Array& array) {
  switch (array.type()) {
    case DataType::kF32:
      return listed<float>(array);
    case DataType::kF64:
      return listed<double>(array);
    case DataType::kU8:
      return listed<std::uint8_t>(array);
    case DataType::kI8:
      return listed<std::int8_t>(array);
    case DataType::kI16:
      return listed<std::int16_t>(array);
    case DataType::kI32:
      return listed<std::int32_t>(array);
    case DataType::kI64:
      return listed<std::int64_t>(array);
    default: {  // no C++ type: the bytes
      const auto* bytes = static_cast<const std::uint8_t*>(array.data());
      return fmt::format("{:02x}", fmt::join(bytes, bytes + array.bytes(), " "));
    }
  }
}

void read(const fs::path& file) {
  const auto archive = Archive::read(file);
  for (const auto& [name, text] : archive.text) fmt::print("text {} = {}\n", name, text);
  for (const auto& [name, array] : archive.arrays)
    fmt::print("array {} {} [{}] = {}\n", name, name_of(array.type()), fmt::join(array.shape(), " "), values_of(array));
}

}  // namespace
}  // namespace morgana

int main(int count, char** words) {
  const std::string verb = count == 3 ? words[1] : "";
  try {
    if (verb == "write") morgana::write(words[2]);
    else if (verb == "again") morgana::again(words[2]);
    else if (verb == "read") morgana::read(words[2]);
    else return 2;
  } catch (const std::exception& exception) {
    fmt::print(stderr, "error: {}\n", exception.what());
    return 1;
  }
  return 0;
}
