// SPDX-License-Identifier: Apache-2.0
#include "morgana/images.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "morgana/archive.hpp"
#include "morgana/error.hpp"
#include "morgana/plugin.hpp"

namespace morgana {
namespace {

std::mutex codec_mutex;

// Filled as libraries are loaded, which are never unloaded: an entry stays valid.
std::map<std::string, CodecEntry, std::less<>>& codec_entries() {
  static std::map<std::string, CodecEntry, std::less<>> entries;
  return entries;
}

}  // namespace

Codec::~Codec() = default;

void register_codec(const CodecEntry& entry) {
  const std::lock_guard lock(codec_mutex);
  codec_entries().insert_or_assign(entry.kind, entry);
}

std::shared_ptr<const Codec> load_codec(std::string_view kind, const std::string& configuration) {
  CodecEntry entry{};
  {
    const std::lock_guard lock(codec_mutex);
    const auto found = codec_entries().find(kind);
    if (found == codec_entries().end()) throw Error("no loaded plugin has the codec \"{}\"", kind);
    entry = found->second;
  }
  return entry.load(configuration.c_str());
}

Images::Images(std::shared_ptr<const Traces> traces, std::shared_ptr<const Codec> codec)
    : traces_(std::move(traces)), codec_(std::move(codec)) {
  if (!traces_ || !codec_) throw Error("images need traces and a codec");
  labels_ = traces_->table().label;
  if (labels_.id.empty()) labels_.id.assign(traces_->size(), -1);
}

Images::Images(std::vector<float> pixels, NameColumn labels, std::shared_ptr<const Codec> codec)
    : pixels_(std::move(pixels)), labels_(std::move(labels)), codec_(std::move(codec)) {
  if (!codec_) throw Error("images need a codec");
  if (pixels_.size() != labels_.id.size() * codec_->shape().pixels())
    throw Error("images: {} pixels are not {} images of {}", pixels_.size(), labels_.id.size(),
                codec_->shape().pixels());
}

const ValueType& Images::type() {
  static const ValueType type{
      "Images", ".safetensors",
      [](const std::filesystem::path& file) -> std::shared_ptr<const Value> { return load(file); }};
  return type;
}

const std::vector<std::string>& Images::class_names() const noexcept { return labels_.names; }
const std::vector<std::int32_t>& Images::labels() const noexcept { return labels_.id; }

void Images::save(const std::filesystem::path& file) const {
  Archive archive;
  if (traces_) {
    traces_->save(file);
    archive = Archive::read(file);
    std::filesystem::remove(file);  // the mapping keeps the arrays readable
  } else {
    const auto shape = codec_->shape();
    archive.arrays["pixels"] =
        Array(DataType::kF32, {static_cast<std::int64_t>(size()), shape.channels, shape.height, shape.width},
              pixels_.data(), nullptr);
    archive.arrays["label"] = Array::of(labels_.id);
    archive.text["label_names"] = nlohmann::json(labels_.names).dump();
  }
  archive.text["morgana"] = traces_ ? "images-of-traces/1" : "images/1";
  archive.text["codec"] = std::string(codec_->kind());
  archive.text["codec_configuration"] = codec_->configuration();
  archive.write(file);
}

std::shared_ptr<const Images> Images::load(const std::filesystem::path& file) {
  const auto archive = Archive::read(file);
  auto codec = load_codec(archive.text_of("codec"), archive.text_of("codec_configuration"));
  if (archive.text_of("morgana") == "images-of-traces/1")
    return std::make_shared<const Images>(Traces::load(file), std::move(codec));
  NameColumn labels{nlohmann::json::parse(archive.text_of("label_names")).get<std::vector<std::string>>(),
                    archive.array("label").to_vector<std::int32_t>()};
  return std::make_shared<const Images>(archive.array("pixels").to_vector<float>(), std::move(labels),
                                        std::move(codec));
}

std::size_t Images::bytes() const {
  return (traces_ ? traces_->bytes() : 0) + pixels_.size() * sizeof(float) + labels_.id.size() * sizeof(std::int32_t);
}

void Images::batch(std::span<const std::size_t> rows, std::span<float> out) const {
  const std::size_t pixels = shape().pixels();
  if (out.size() != rows.size() * pixels)
    throw Error("images: room for {} pixels, {} asked", out.size(), rows.size() * pixels);
  if (traces_) return codec_->encode(*traces_, rows, out);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(pixels_.begin() + static_cast<std::ptrdiff_t>(rows[i] * pixels), pixels,
                out.begin() + static_cast<std::ptrdiff_t>(i * pixels));
}

}  // namespace morgana
