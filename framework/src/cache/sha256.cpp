// SPDX-License-Identifier: Apache-2.0
#include "cache/sha256.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include "morgana/error.hpp"

namespace morgana::host {
namespace {

// Fetched once: OpenSSL 3 searches its providers at each EVP_sha256().
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

void check(int done) {
  if (done != 1) throw Error("OpenSSL gives no SHA-256");
}

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  check(EVP_DigestInit_ex(state_->context, algorithm(), nullptr));
}
Sha256::~Sha256() = default;

void Sha256::add(const void* data, std::size_t size) { check(EVP_DigestUpdate(state_->context, data, size)); }

void Sha256::add_field(std::string_view text) {
  const std::uint64_t size = text.size();
  add(&size, sizeof size);
  add(text);
}

std::string Sha256::hexadecimal() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(state_->context, digest.data(), &size));
  check(EVP_DigestInit_ex(state_->context, nullptr, nullptr));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(std::size_t{2} * size);
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

std::string sha256_of(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.hexadecimal();
}

std::string sha256_of_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Error("cannot open {}: {}", file.string(), std::strerror(errno));
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  Sha256 digest;
  std::vector<char> buffer(std::size_t{1} << 18);
  while (true) {
    const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      const int fault = errno;
      ::close(descriptor);
      throw Error("cannot read {}: {}", file.string(), std::strerror(fault));
    }
    if (size == 0) break;
    digest.add(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(descriptor);
  return digest.hexadecimal();
}

}  // namespace morgana::host
