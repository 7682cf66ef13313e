using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ImageBackend.Testing;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>tus 1.0 at /files, request by request.</summary>
public sealed class ResumableUploadTests : IAsyncLifetime
{
    private static readonly byte[] Photo = Pictures.Jpeg(640, 480);

    private TestService _service = null!;
    private TusSender _tus = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _tus = new TusSender(_service.Client);
    }

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Fact]
    public async Task The_last_part_is_answered_as_an_upload_and_stores_the_same_image()
    {
        using HttpResponseMessage plain = await _service.UploadAsync(Photo);
        JsonElement expected = await plain.ShouldBeJsonAsync(200);
        string address = await _tus.CreatedAsync(Photo.Length);

        using HttpResponseMessage first = await _tus.PatchAsync(address, 0, Photo[..1000]);
        using HttpResponseMessage last = await _tus.PatchAsync(address, 1000, Photo[1000..]);

        ((int)first.StatusCode).Should().Be(204);
        first.Offset().Should().Be(1000);
        last.Offset().Should().Be(Photo.Length);
        JsonElement answer = await last.ShouldBeJsonAsync(200);
        answer.EnumerateObject().Select(property => property.Name).Should().Equal(expected.EnumerateObject().Select(property => property.Name));
        answer.GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(Photo)));
        string key = answer.GetProperty("filename").GetString()!;
        (await _service.Incoming.ReadAsync(key)).Should().Equal(Photo);
        (await _service.Incoming.NamesAsync()).Should().HaveCount(8, "there are two images with three thumbnails each");
        using HttpResponseMessage published = await _service.PublishAsync(key);
        await published.ShouldBeJsonAsync(200);
    }

    [Fact]
    public async Task An_answer_that_got_lost_is_given_again_and_makes_no_second_image()
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage last = await _tus.PatchAsync(address, 0, Photo);
        string answer = await last.Content.ReadAsStringAsync();

        using HttpResponseMessage head = await _tus.HeadAsync(address);
        using HttpResponseMessage again = await _tus.PatchAsync(address, Photo.Length, []);
        using HttpResponseMessage get = await _service.Client.GetAsync(address);

        head.Offset().Should().Be(Photo.Length);
        head.Header("Upload-Length").Should().Be($"{Photo.Length}");
        (await again.Content.ReadAsStringAsync()).Should().Be(answer);
        (await get.ShouldBeJsonAsync(200)).GetRawText().Should().Be(answer);
        get.Headers.CacheControl!.NoStore.Should().BeTrue();
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
        new DirectoryInfo(Partial).EnumerateFiles("*.bytes").Should().OnlyContain(file => file.Length == 0);
    }

    [Fact]
    public async Task OPTIONS_tells_what_is_possible()
    {
        using HttpResponseMessage response = await _tus.SendAsync(HttpMethod.Options, "/files", null, ("Tus-Resumable", ""));

        ((int)response.StatusCode).Should().Be(204);
        response.Header("Tus-Resumable").Should().Be("1.0.0");
        response.Header("Tus-Version").Should().Be("1.0.0");
        response.Header("Tus-Extension").Should().Be("creation,creation-with-upload,creation-defer-length,expiration,checksum,termination");
        response.Header("Tus-Max-Size").Should().Be("40000000");
        response.Header("Tus-Checksum-Algorithm").Should().Be("sha1,sha256,md5");
    }

    [Fact]
    public async Task HEAD_tells_where_to_continue_and_what_was_said_at_the_creation()
    {
        const string Metadata = "filename cGhvdG8uanBn,is_private";
        string address = await _tus.CreatedAsync(Photo.Length, ("Upload-Metadata", Metadata));
        using HttpResponseMessage part = await _tus.PatchAsync(address, 0, Photo[..500]);

        using HttpResponseMessage head = await _tus.HeadAsync(address);

        ((int)head.StatusCode).Should().Be(200);
        head.Offset().Should().Be(500);
        head.Header("Upload-Length").Should().Be($"{Photo.Length}");
        head.Header("Upload-Metadata").Should().Be(Metadata);
        head.Headers.CacheControl!.NoStore.Should().BeTrue();
        DateTimeOffset.ParseExact(head.Header("Upload-Expires")!, "R", CultureInfo.InvariantCulture)
            .Should().BeCloseTo(_service.Time.GetUtcNow() + TimeSpan.FromDays(1), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task The_creation_may_bring_the_first_part_or_all_of_the_file()
    {
        using HttpResponseMessage begun = await _tus.CreateAsync(Photo.Length, Photo[..700]);
        begun.Offset().Should().Be(700);
        string address = _tus.AddressOf(begun);
        using HttpResponseMessage rest = await _tus.PatchAsync(address, 700, Photo[700..]);
        using HttpResponseMessage all = await _tus.CreateAsync(Photo.Length, Photo);

        await rest.ShouldBeJsonAsync(200);
        all.Offset().Should().Be(Photo.Length);
        JsonElement answer = await all.ShouldBeJsonAsync(201);
        using HttpResponseMessage get = await _service.Client.GetAsync(_tus.AddressOf(all));
        (await get.ShouldBeJsonAsync(200)).GetProperty("filename").GetString().Should().Be(answer.GetProperty("filename").GetString());
    }

    [Fact]
    public async Task The_length_may_be_said_with_the_last_part()
    {
        using HttpResponseMessage begun = await _tus.CreateAsync(null, null, ("Upload-Defer-Length", "1"));
        string address = _tus.AddressOf(begun);
        using HttpResponseMessage first = await _tus.PatchAsync(address, 0, Photo[..700]);
        using HttpResponseMessage head = await _tus.HeadAsync(address);
        using HttpResponseMessage last = await _tus.PatchAsync(address, 700, Photo[700..], ("Upload-Length", $"{Photo.Length}"));

        head.Header("Upload-Defer-Length").Should().Be("1");
        head.Header("Upload-Length").Should().BeNull();
        await last.ShouldBeJsonAsync(200);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("md5")]
    public async Task A_part_with_a_wrong_checksum_does_not_count(string algorithm)
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage first = await _tus.PatchAsync(address, 0, Photo[..100], ("Upload-Checksum", SumOf(algorithm, Photo[..100])));

        using HttpResponseMessage wrong = await _tus.PatchAsync(address, 100, Photo[100..], ("Upload-Checksum", SumOf(algorithm, Photo)));

        await wrong.ShouldBeProblemAsync(460, "checksum_mismatch");
        (await _tus.OffsetAsync(address)).Should().Be(100);
        using HttpResponseMessage right = await _tus.PatchAsync(address, 100, Photo[100..], ("Upload-Checksum", SumOf(algorithm, Photo[100..])));
        (await right.ShouldBeJsonAsync(200)).GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(Photo)));
    }

    [Fact]
    public async Task DELETE_removes_an_upload_with_its_bytes()
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage part = await _tus.PatchAsync(address, 0, Photo[..500]);

        using HttpResponseMessage removed = await _tus.DeleteAsync(address);

        ((int)removed.StatusCode).Should().Be(204);
        using HttpResponseMessage head = await _tus.HeadAsync(address);
        ((int)head.StatusCode).Should().Be(404);
        await _service.ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task DELETE_of_a_stored_upload_forgets_the_answer_and_keeps_the_image()
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage last = await _tus.PatchAsync(address, 0, Photo);

        using HttpResponseMessage removed = await _tus.DeleteAsync(address);

        ((int)removed.StatusCode).Should().Be(204);
        TempLeft.In(_service.Temp).Should().BeEmpty();
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    [Fact]
    public async Task What_is_refused_is_refused_as_by_upload_and_leaves_nothing()
    {
        byte[] cutOff = Photo[..^(Photo.Length / 2)];
        using HttpResponseMessage plain = await _service.UploadAsync(cutOff);
        string address = await _tus.CreatedAsync(cutOff.Length);

        using HttpResponseMessage last = await _tus.PatchAsync(address, 0, cutOff);

        JsonElement problem = await last.ShouldBeProblemAsync(400, "broken_image");
        problem.GetRawText().Should().Be((await plain.ShouldBeProblemAsync(400, "broken_image")).GetRawText());
        using HttpResponseMessage head = await _tus.HeadAsync(address);
        ((int)head.StatusCode).Should().Be(404);
        using HttpResponseMessage atOnce = await _tus.CreateAsync(cutOff.Length, cutOff);
        await atOnce.ShouldBeProblemAsync(400, "broken_image");
        await _service.ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task A_client_behind_a_proxy_that_knows_only_POST_may_name_its_method()
    {
        string address = await _tus.CreatedAsync(Photo.Length);

        using HttpResponseMessage part = await _tus.SendAsync(HttpMethod.Post, address, Photo[..500], ("X-HTTP-Method-Override", "PATCH"), ("Upload-Offset", "0"));
        using HttpResponseMessage head = await _tus.SendAsync(HttpMethod.Post, address, null, ("X-HTTP-Method-Override", "HEAD"));
        using HttpResponseMessage removed = await _tus.SendAsync(HttpMethod.Post, address, null, ("X-HTTP-Method-Override", "DELETE"));
        using HttpResponseMessage other = await _tus.SendAsync(HttpMethod.Post, address, null, ("X-HTTP-Method-Override", "PURGE"));

        ((int)part.StatusCode).Should().Be(204);
        head.Offset().Should().Be(500);
        ((int)removed.StatusCode).Should().Be(204);
        await other.ShouldBeProblemAsync(400, "malformed_request");
    }

    [Fact]
    public async Task An_upload_that_is_not_finished_in_time_expires()
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage part = await _tus.PatchAsync(address, 0, Photo[..500]);
        _service.Time.Pass(TimeSpan.FromHours(23));
        (await _tus.OffsetAsync(address)).Should().Be(500);

        _service.Time.Pass(TimeSpan.FromHours(1));

        using HttpResponseMessage late = await _tus.PatchAsync(address, 500, Photo[500..]);
        await late.ShouldBeProblemAsync(404, "unknown_upload");
        for (int i = 0; i < 600 && TempLeft.In(_service.Temp).Any(); i++)
        {
            await Task.Delay(50); // the cleaner looks each minute, which has passed
        }

        await _service.ShouldHoldNothingAsync();
        _service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    [Fact]
    public async Task Its_log_line_names_the_image()
    {
        string address = await _tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage last = await _tus.PatchAsync(address, 0, Photo);
        string key = (await last.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;

        _service.Logs.AtLeast(LogLevel.Information).Should().ContainSingle(line => line.Contains($"PATCH {address} 200 {key} in "));
    }

    private string Partial => Path.Combine(_service.Temp, "partial");

    private static string SumOf(string algorithm, byte[] part) =>
        $"{algorithm} {Convert.ToBase64String(CryptographicOperations.HashData(new HashAlgorithmName(algorithm.ToUpperInvariant()), part))}";
}
