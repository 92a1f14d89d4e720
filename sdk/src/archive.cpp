// SPDX-License-Identifier: Apache-2.0
#include "morgana/archive.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "morgana/error.hpp"

namespace morgana {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors is little-endian");

constexpr std::array<std::string_view, 10> kTypeNames{"BOOL", "U8",  "I8",   "I16", "I32",
                                                      "I64",  "F16", "BF16", "F32", "F64"};
constexpr std::array<std::size_t, 10> kTypeSizes{1, 1, 1, 2, 4, 8, 2, 2, 4, 8};

// The reference implementation refuses longer headers.
constexpr std::uint64_t kMaximumHeader = 100'000'000;

DataType type_from(const std::string& name, const std::filesystem::path& file) {
  for (std::size_t i = 0; i < kTypeNames.size(); ++i)
    if (kTypeNames[i] == name) return static_cast<DataType>(i);
  throw Error("{}: element type {} is not supported", file.string(), name);
}

/// A file mapped read-only for as long as an array of it lives.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw Error("cannot open {}: {}", file.string(), std::strerror(errno));
    struct stat status {};
    if (::fstat(descriptor, &status) == 0) size_ = static_cast<std::size_t>(status.st_size);
    if (size_ > 0) {
      void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
      if (memory != MAP_FAILED) data_ = static_cast<const std::byte*>(memory);
    }
    ::close(descriptor);
    if (data_ == nullptr) throw Error("cannot read {}: it is empty or cannot be mapped", file.string());
  }
  ~MappedFile() { ::munmap(const_cast<std::byte*>(data_), size_); }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A file being written; the destructor closes it, `finish` also flushes it to the disk.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& file) : file_(file) {
    descriptor_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail();
  }
  ~OutputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const char*>(data);
    while (size > 0) {
      const ssize_t written = ::write(descriptor_, bytes, size);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail();
      bytes += written;
      size -= static_cast<std::size_t>(written);
    }
  }
  void finish() {
    if (::fsync(descriptor_) != 0) fail();
  }

 private:
  [[noreturn]] void fail() const { throw Error("cannot write {}: {}", file_.string(), std::strerror(errno)); }
  std::filesystem::path file_;
  int descriptor_ = -1;
};

std::size_t product(const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const auto extent : shape) {
    if (extent < 0) throw Error("an array cannot have the extent {}", extent);
    if (extent != 0 && count > std::numeric_limits<std::size_t>::max() / static_cast<std::size_t>(extent))
      throw Error("an array's shape overflows");
    count *= static_cast<std::size_t>(extent);
  }
  return count;
}

}  // namespace

std::size_t size_of(DataType type) { return kTypeSizes.at(static_cast<std::size_t>(type)); }
std::string_view name_of(DataType type) { return kTypeNames.at(static_cast<std::size_t>(type)); }

Array::Array(DataType type, std::vector<std::int64_t> shape, const void* data, std::shared_ptr<const void> owner)
    : type_(type), shape_(std::move(shape)), count_(product(shape_)), data_(data), owner_(std::move(owner)) {}

void Array::check_count(const std::vector<std::int64_t>& shape, std::size_t count) {
  if (product(shape) != count)
    throw Error("an array of {} elements does not have the shape [{}]", count, fmt::join(shape, " "));
}

void Array::check_type(DataType wanted) const {
  if (type_ != wanted) throw Error("an array holds {}, not {}", name_of(type_), name_of(wanted));
}

Archive Archive::read(const std::filesystem::path& file) {
  const auto mapped = std::make_shared<const MappedFile>(file);
  std::uint64_t header_size = 0;
  if (mapped->size() < sizeof header_size) throw Error("{} is not a safetensors file: it is too short", file.string());
  std::memcpy(&header_size, mapped->data(), sizeof header_size);
  if (header_size > kMaximumHeader || header_size > mapped->size() - sizeof header_size)
    throw Error("{} is not a safetensors file, or is truncated", file.string());
  const auto* text = reinterpret_cast<const char*>(mapped->data() + sizeof header_size);
  const std::byte* body = mapped->data() + sizeof header_size + header_size;
  const std::size_t body_size = mapped->size() - sizeof header_size - header_size;

  Archive archive;
  try {
    const auto header = nlohmann::json::parse(text, text + header_size);
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        archive.text = entry.get<std::map<std::string, std::string>>();
        continue;
      }
      const auto type = type_from(entry.at("dtype").get<std::string>(), file);
      auto shape = entry.at("shape").get<std::vector<std::int64_t>>();
      const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();
      const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
      const auto fits = [&] {  // by division: a product of a hostile shape wraps
        return (end - begin) % size_of(type) == 0 && (end - begin) / size_of(type) == product(shape);
      };
      if (begin > end || end > body_size || !fits())
        throw Error("{}: array \"{}\" lies outside the file, or its size does not fit its shape", file.string(), name);
      const std::byte* data = body + begin;
      if (reinterpret_cast<std::uintptr_t>(data) % size_of(type) == 0) {
        archive.arrays.emplace(name, Array(type, std::move(shape), data, mapped));
      } else {  // files of other writers need not be aligned
        auto copy = std::make_shared<std::vector<std::byte>>(body + begin, body + end);
        const void* memory = copy->data();
        archive.arrays.emplace(name, Array(type, std::move(shape), memory, std::move(copy)));
      }
    }
  } catch (const nlohmann::json::exception& exception) {
    throw Error("{} is not a safetensors file: {}", file.string(), exception.what());
  }
  return archive;
}

void Archive::write(const std::filesystem::path& file) const {
  // The reference writer sorts by falling element size, which keeps every array aligned to it.
  std::vector<const std::pair<const std::string, Array>*> order;
  for (const auto& entry : arrays) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return size_of(a->second.type()) > size_of(b->second.type()); });

  nlohmann::json header = nlohmann::json::object();
  if (!text.empty()) header["__metadata__"] = text;
  std::size_t offset = 0;
  for (const auto* entry : order) {
    const auto& array = entry->second;
    header[entry->first] = {
        {"dtype", name_of(array.type())}, {"shape", array.shape()}, {"data_offsets", {offset, offset + array.bytes()}}};
    offset += array.bytes();
  }
  std::string bytes = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  bytes.resize((bytes.size() + 7) / 8 * 8, ' ');
  const std::uint64_t header_size = bytes.size();

  OutputFile output(file);
  output.write(&header_size, sizeof header_size);
  output.write(bytes.data(), bytes.size());
  for (const auto* entry : order) output.write(entry->second.data(), entry->second.bytes());
  output.finish();
}

const Array& Archive::array(const std::string& name) const {
  const auto found = arrays.find(name);
  if (found == arrays.end()) throw Error("the file holds no array \"{}\"", name);
  return found->second;
}

const std::string& Archive::text_of(const std::string& name) const {
  const auto found = text.find(name);
  if (found == text.end()) throw Error("the file's metadata holds no \"{}\"", name);
  return found->second;
}

}  // namespace morgana
