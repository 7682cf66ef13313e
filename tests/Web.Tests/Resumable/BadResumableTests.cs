using System.Text;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>Requests to /files that are wrong: each has a clear answer, and leaves nothing behind or changes nothing.</summary>
public sealed class BadResumableTests(BadResumableTests.OneService one) : IClassFixture<BadResumableTests.OneService>
{
    private static readonly byte[] Photo = Pictures.Jpeg(64, 48);

    private readonly TestService _service = one.Service;
    private readonly TusSender _tus = new(one.Service.Client);

    [Theory]
    [InlineData("Upload-Length", "-1", 400, "bad_length")]
    [InlineData("Upload-Length", "forty", 400, "bad_length")]
    [InlineData("Upload-Length", "1e3", 400, "bad_length")]
    [InlineData("Upload-Length", "+5", 400, "bad_length")]
    [InlineData("Upload-Length", "99999999999999999999999999999999999", 400, "bad_length")]
    [InlineData("Upload-Length", "9223372036854775808", 413, "file_too_large")]
    [InlineData("Upload-Length", "1000001", 413, "file_too_large")]
    [InlineData("Upload-Length", "0", 400, "empty_file")]
    [InlineData("Upload-Length", "", 400, "bad_length")]
    [InlineData("Upload-Defer-Length", "2", 400, "bad_length")]
    [InlineData("Upload-Metadata", "filename not-base64!", 400, "bad_metadata")]
    [InlineData("Upload-Metadata", "a YQ==,a YQ==", 400, "bad_metadata")]
    [InlineData("Upload-Metadata", "a YQ== YQ==", 400, "bad_metadata")]
    [InlineData("Upload-Metadata", ",", 400, "bad_metadata")]
    [InlineData("Upload-Metadata", "tab\tname YQ==", 400, "bad_metadata")]
    [InlineData("Upload-Concat", "partial", 400, "malformed_request")]
    [InlineData("Tus-Resumable", "0.2.2", 412, "unsupported_version")]
    [InlineData("Tus-Resumable", "", 412, "unsupported_version")]
    public async Task A_creation_is_refused(string header, string value, int status, string code)
    {
        IReadOnlyList<string> before = Everything();

        using HttpResponseMessage response = await _tus.CreateAsync(100, null, (header, value));

        await response.ShouldBeProblemAsync(status, code);
        response.Header("Tus-Resumable").Should().Be("1.0.0");
        response.Header("Tus-Version").Should().Be(status == 412 ? "1.0.0" : null);
        Everything().Should().Equal(before);
    }

    [Fact]
    public async Task A_creation_says_its_length_once()
    {
        using HttpResponseMessage both = await _tus.CreateAsync(100, null, ("Upload-Defer-Length", "1"));
        using HttpResponseMessage metadata = await _tus.CreateAsync(100, null, ("Upload-Metadata", "a " + Convert.ToBase64String(new byte[4000])));

        await both.ShouldBeProblemAsync(400, "bad_length");
        await metadata.ShouldBeProblemAsync(400, "bad_metadata");
    }

    [Fact]
    public async Task A_creation_with_more_than_it_declares_leaves_nothing()
    {
        IReadOnlyList<string> before = Everything();

        using HttpResponseMessage tooLong = await _tus.CreateAsync(Photo.Length - 1, Photo);
        using HttpResponseMessage form = await _tus.CreateAsync(Photo.Length, Photo, ("Content-Type", "image/jpeg"));
        using HttpResponseMessage sum = await _tus.CreateAsync(Photo.Length, Photo, ("Upload-Checksum", "sha1 " + Convert.ToBase64String(new byte[20])));

        await tooLong.ShouldBeProblemAsync(413, "request_too_large");
        await form.ShouldBeProblemAsync(415, "unsupported_content_type");
        await sum.ShouldBeProblemAsync(460, "checksum_mismatch");
        Everything().Should().Equal(before);
    }

    [Theory]
    [InlineData("Upload-Offset", "9", 409, "wrong_offset")]
    [InlineData("Upload-Offset", "11", 409, "wrong_offset")]
    [InlineData("Upload-Offset", "", 400, "malformed_request")]
    [InlineData("Upload-Offset", "-1", 400, "malformed_request")]
    [InlineData("Upload-Offset", "99999999999999999999", 400, "malformed_request")]
    [InlineData("Content-Type", "application/octet-stream", 415, "unsupported_content_type")]
    [InlineData("Content-Type", "", 415, "unsupported_content_type")]
    [InlineData("Tus-Resumable", "1.1.0", 412, "unsupported_version")]
    [InlineData("Upload-Length", "2000", 400, "bad_length")]
    [InlineData("Upload-Checksum", "sha1", 400, "bad_checksum")]
    [InlineData("Upload-Checksum", "crc32 AAAAAA==", 400, "bad_checksum")]
    [InlineData("Upload-Checksum", "sha1 AAAA", 400, "bad_checksum")]
    [InlineData("Upload-Checksum", "sha1 not-base64!", 400, "bad_checksum")]
    public async Task A_part_is_refused_and_the_upload_continues_as_if_it_had_not_come(string header, string value, int status, string code)
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage first = await _tus.PatchAsync(address, 0, Photo[..10]);

        using HttpResponseMessage response = await _tus.PatchAsync(address, 10, new byte[20], (header, value));

        await response.ShouldBeProblemAsync(status, code);
        (await _tus.OffsetAsync(address)).Should().Be(10);
        using HttpResponseMessage last = await _tus.PatchAsync(address, 10, Photo[10..]);
        await last.ShouldBeJsonAsync(200);
    }

    [Fact]
    public async Task A_part_beyond_the_declared_length_does_not_count_whether_its_own_length_is_declared_or_not()
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        byte[] longer = [.. Photo, 0];

        using HttpResponseMessage declared = await _tus.PatchAsync(address, 0, longer);
        using HttpRequestMessage chunked = new(HttpMethod.Patch, address) { Content = new StreamContent(new ForwardOnly(longer)) };
        chunked.Headers.Add("Tus-Resumable", "1.0.0");
        chunked.Headers.Add("Upload-Offset", "0");
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Content.Headers.ContentType = new(TusSender.PartType);
        using HttpResponseMessage undeclared = await _service.Client.SendAsync(chunked);

        await declared.ShouldBeProblemAsync(413, "request_too_large");
        await undeclared.ShouldBeProblemAsync(413, "request_too_large");
        (await _tus.OffsetAsync(address)).Should().Be(0);
    }

    [Fact]
    public async Task A_length_that_comes_late_is_bound_by_the_limit_and_by_what_has_come()
    {
        using HttpResponseMessage begun = await _tus.CreateAsync(null, null, ("Upload-Defer-Length", "1"));
        string address = _tus.AddressOf(begun);
        using HttpResponseMessage first = await _tus.PatchAsync(address, 0, Photo[..20]);

        using HttpResponseMessage tooLarge = await _tus.PatchAsync(address, 20, [], ("Upload-Length", "1000001"));
        using HttpResponseMessage tooSmall = await _tus.PatchAsync(address, 20, [], ("Upload-Length", "19"));
        using HttpResponseMessage tooLong = await _tus.PatchAsync(address, 20, new byte[1_000_000]);

        await tooLarge.ShouldBeProblemAsync(413, "file_too_large");
        await tooSmall.ShouldBeProblemAsync(400, "bad_length");
        await tooLong.ShouldBeProblemAsync(413, "request_too_large");
        (await _tus.OffsetAsync(address)).Should().Be(20);
    }

    [Fact]
    public async Task An_id_that_names_the_folder_above_is_the_address_above()
    {
        using HttpResponseMessage patch = await _tus.PatchAsync("/files/%2e%2e", 0, Photo);

        ((int)patch.StatusCode).Should().Be(405, "it is '/', the page of the service, which is only read");
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("x")]
    public async Task An_id_that_is_not_there_is_unknown(string id)
    {
        File.WriteAllText(Path.Combine(_service.Folder, "passwd.json"), "{}");
        string address = $"/files/{id}";

        using HttpResponseMessage patch = await _tus.PatchAsync(address, 0, Photo);
        using HttpResponseMessage head = await _tus.HeadAsync(address);
        using HttpResponseMessage get = await _service.Client.GetAsync(address);
        using HttpResponseMessage delete = await _tus.DeleteAsync(address);

        ((int)patch.StatusCode).Should().Be(404);
        ((int)head.StatusCode).Should().Be(404);
        ((int)get.StatusCode).Should().Be(404);
        ((int)delete.StatusCode).Should().Be(404);
    }

    [Fact]
    public async Task An_answer_is_not_given_before_everything_is_there()
    {
        string address = await _tus.CreatedAsync(Photo.Length);

        using HttpResponseMessage get = await _service.Client.GetAsync(address);

        await get.ShouldBeProblemAsync(409, "upload_incomplete");
    }

    [Fact]
    public async Task What_is_no_part_of_an_upload_is_no_route()
    {
        using HttpResponseMessage list = await _service.Client.GetAsync("/files");
        using HttpResponseMessage put = await _tus.SendAsync(HttpMethod.Put, "/files/x", Photo);

        await list.ShouldBeProblemAsync(405, "method_not_allowed");
        await put.ShouldBeProblemAsync(405, "method_not_allowed");
    }

    [Fact]
    public async Task A_damaged_record_is_an_unknown_upload()
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        File.WriteAllBytes(Path.Combine(_service.Temp, "partial", Path.GetFileName(address) + ".json"), Encoding.UTF8.GetBytes("{"));

        using HttpResponseMessage head = await _tus.HeadAsync(address);

        ((int)head.StatusCode).Should().Be(404);
    }

    private IReadOnlyList<string> Everything() => [.. Directory.EnumerateFiles(_service.Temp, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>One for all: each of these tests has uploads of its own.</summary>
    public sealed class OneService : IAsyncLifetime
    {
        internal TestService Service { get; private set; } = null!;

        public async Task InitializeAsync() => Service = await TestService.StartAsync(("MAX_UPLOAD_BYTES", "1000000"));

        public Task DisposeAsync() => Service.DisposeAsync().AsTask();
    }

    /// <summary>A stream whose length nobody knows.</summary>
    private sealed class ForwardOnly(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
