using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using ImageBackend.Testing;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>HEIC through the service, with its decoder as a child of a confined worker.</summary>
[Trait("Engine", "libvips")]
[SupportedOSPlatform("linux")]
public sealed class HeicUploadTests : IDisposable
{
    private const string Encoder = "/usr/bin/heif-enc";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsToolFact(Encoder)]
    public async Task A_photo_is_stored_as_JPEG()
    {
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "1"));

        using HttpResponseMessage response = await service.UploadAsync(Photo());

        JsonElement answer = await response.ShouldBeJsonAsync(200);
        answer.GetProperty("convertedFrom").GetString().Should().Be("heic");
        answer.GetProperty("takenAt").GetString().Should().Be("2026-07-14T09:31:05.12+02:00");
        Look.AtQuadrants(await service.Incoming.ReadAsync(answer.GetProperty("filename").GetString()!)).ShouldLookLike(Pictures.QuadrantColours, tolerance: 3);
        TempLeft.In(service.Temp).Should().BeEmpty();
        service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    [NeedsToolFact(Encoder)]
    [Trait("Storage", "folders")]
    public async Task One_of_12_megapixels_needs_no_more_than_a_container_of_512_MB_has()
    {
        string source = _folder.Write("source.jpg", Pictures.Jpeg(4032, 3024));
        string photo = _folder.File("photo.heic");
        using Process encoder = Process.Start(new ProcessStartInfo(Encoder, ["-q", "50", source, "-o", photo]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await encoder.WaitForExitAsync();
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "2"), ("MEMORY_BUDGET_MB", "409"));

        using HttpResponseMessage response = await service.UploadAsync(await File.ReadAllBytesAsync(photo));

        (await response.ShouldBeJsonAsync(200)).GetProperty("width").GetInt32().Should().Be(4032);
    }

    [NeedsToolTheory(Encoder)]
    [Trait("Storage", "folders")]
    [InlineData("exec sleep 600", "image_too_complex")]
    [InlineData("kill -KILL $$", "image_too_complex")]
    [InlineData("while :; do :; done", "image_too_complex")]
    [InlineData("echo x >&2; exit 1", "broken_image")]
    public async Task A_decoder_that_hangs_or_dies_gives_a_clear_answer_and_leaves_nothing(string script, string code)
    {
        // It works for the check at start.
        string decoder = Decoder($"case \"$*\" in *check.own*) exec /usr/bin/heif-convert \"$@\";; *) {script};; esac");
        await using TestService service = await TestService.StartAsync(
            ("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "1"), ("DECODE_CPU_SECONDS", "1"), ("HEIF_CONVERT", decoder));

        using HttpResponseMessage response = await service.UploadAsync(Photo());
        using HttpResponseMessage next = await service.UploadAsync(Pictures.Jpeg(60, 40));

        await response.ShouldBeProblemAsync(400, code);
        await next.ShouldBeJsonAsync(200);
        (await service.Incoming.NamesAsync()).Should().HaveCount(4);
        TempLeft.In(service.Temp).Should().BeEmpty();
        RunningPrograms.With("sleep\0600\0").Should().BeEmpty();
    }

    [NeedsToolFact(Encoder)]
    public async Task A_decoder_is_confined_like_its_worker()
    {
        string secret = _folder.Write("secret", "secret"u8.ToArray());
        string decoder = Decoder($"""
            case "$*" in *check.own*) exec /usr/bin/heif-convert "$@";; esac
            for last; do :; done
            cat {secret} >"$last"; ls /tmp >>"$last"; env | grep SECRET >>"$last"
            test -s "$last" && exit 7
            exec /usr/bin/heif-convert "$@"
            """);
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "1"), ("HEIF_CONVERT", decoder));

        using HttpResponseMessage response = await service.UploadAsync(Photo());

        string detail = await response.Content.ReadAsStringAsync();
        if (service.Logs.AtLeast(LogLevel.Information).Any(line => line.Contains("files are closed", StringComparison.Ordinal)))
        {
            detail.Should().Contain("\"success\":true", "nothing could be read");
        }
    }

    [NeedsToolFact(Encoder)]
    public async Task Without_a_decoder_that_works_the_start_and_the_answer_say_so()
    {
        await using TestService service = await TestService.StartAsync(("HEIF_CONVERT", Decoder("exit 1")));

        using HttpResponseMessage response = await service.UploadAsync(Photo());

        JsonElement problem = await response.ShouldBeProblemAsync(400, "unsupported_format");
        problem.GetProperty("detail").GetString().Should().Contain("HEIC").And.Contain("not installed");
        service.Logs.AtLeast(LogLevel.Information).Should().ContainSingle(line => line.Contains("HEIC", StringComparison.Ordinal) && line.Contains("libde265", StringComparison.Ordinal));
        await service.ShouldHoldNothingAsync();
    }

    [NeedsToolFact(Encoder)]
    public async Task If_it_is_not_wanted_it_is_refused_as_any_other_file()
    {
        await using TestService service = await TestService.StartAsync(("CONVERT_UPLOADS", "webp,avif"));

        using HttpResponseMessage response = await service.UploadAsync(Photo());

        (await response.ShouldBeProblemAsync(400, "unsupported_format")).GetProperty("detail").GetString().Should().EndWith("JPEG, PNG, GIF, SVG, WebP or AVIF.");
    }

    // 128x64, lying on its side by the container and by EXIF.
    private byte[] Photo()
    {
        string source = _folder.Write("source.png", Stored());
        string file = _folder.File("encoded.heic");
        using Process encoder = Process.Start(new ProcessStartInfo(Encoder, ["-q", "95", source, "-o", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        encoder.WaitForExit();
        HeifBuilder builder = new() { Brands = ["heic", "mif1", "miaf"] };
        builder.Add(HeifBuilder.Open(File.ReadAllBytes(file)), HeifBuilder.Transforms(6));
        return builder.WithExif(ExifWriter.Photo(isBigEndian: true, orientation: 6)).Build();

        static byte[] Stored()
        {
            using NetVips.Image upright = Pictures.Quadrants(128, 64);
            using NetVips.Image stored = upright.Rot270();
            return stored.PngsaveBuffer(keep: NetVips.Enums.ForeignKeep.None);
        }
    }

    private string Decoder(string script)
    {
        string path = _folder.Write($"decoder-{Guid.NewGuid():N}", Encoding.ASCII.GetBytes($"#!/bin/sh\n{script}\n"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
