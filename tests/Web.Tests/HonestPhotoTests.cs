using System.Diagnostics;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>
/// What real devices and programs write is accepted, shown as intended, and reveals no place if the site does not want that.
/// </summary>
[Trait("Storage", "folders")]
public class HonestPhotoTests
{
    private const string ExifTool = "/usr/bin/exiftool";

    // All of them take a minute; some of each kind are enough, unless more are requested.
    private static readonly int Every = Environment.GetEnvironmentVariable("HONEST_FILES") == "all" ? 1 : 10;

    [Fact]
    public async Task Photos_scans_maps_and_screen_recordings_are_taken_upright_and_in_their_colours()
    {
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("CLEAN_INTERVAL", "0"));
        List<string> refused = [];
        int count = 0;
        foreach (HonestFile file in Chosen())
        {
            count++;
            using HttpResponseMessage response = await service.UploadAsync(file.Bytes, $"photo.{file.Extension}");
            string body = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode)
            {
                refused.Add($"{file.Name}: {body}");
            }
            else if (file.ShowsQuadrants)
            {
                string key = JsonDocument.Parse(body).RootElement.GetProperty("filename").GetString()!;
                byte[] thumbnail = await service.Incoming.ReadAsync(key.Replace(".", "MI.", StringComparison.Ordinal));
                Look.AtQuadrants(thumbnail).ShouldLookLike(Pictures.QuadrantColours, file.Distance, file.Name);
            }
        }

        refused.Should().BeEmpty("{0} files are honest", count);
        count.Should().BeGreaterThan(15);
    }

    [NeedsToolFact(ExifTool)]
    public async Task Exiftool_finds_no_place_in_stored_originals_where_places_are_not_wanted()
    {
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("CLEAN_INTERVAL", "0"), ("STRIP_ORIGINAL", "gps"));
        using TempFolder folder = new();
        foreach (HonestFile file in Chosen().Where(file => file.Extension != "gif"))
        {
            string key = await service.UploadedAsync(file.Bytes);
            folder.Write($"{file.Name.Replace('/', ' ')}.{file.Extension}", await service.Incoming.ReadAsync(key));
        }

        ProcessStartInfo start = new(ExifTool, ["-a", "-G", "-u", "-U", "-ee", "-s", "-r", folder.Path]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string seen = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        seen.Should().Contain("DateTimeOriginal", "the rest of EXIF stays");
        seen.Should().NotContainAny("GPS", "PLACE", "Exampleland", "MakerNotes");
    }

    private static IEnumerable<HonestFile> Chosen() => HonestPhotos.All().Where((_, i) => i % Every == 0);
}
