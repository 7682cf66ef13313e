using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>The corpus of IMAGE_CORPUS gets the same verdicts by tus as by /upload: of every 10th file, or as TUS_CORPUS_EVERY says.</summary>
[Trait("Storage", "folders")]
public sealed class ResumableCorpusTests(CorpusService corpus, ITestOutputHelper output) : IClassFixture<CorpusService>
{
    // What is new each time.
    private static readonly string[] OfOneUpload = ["filename", "thumbnails"];

    private static readonly int Every = int.Parse(Environment.GetEnvironmentVariable("TUS_CORPUS_EVERY") ?? "10", CultureInfo.InvariantCulture);

    [SkippableFact]
    public async Task Every_file_gets_the_verdict_of_a_plain_upload()
    {
        Skip.If(CorpusTheoryAttribute.Folder is null, "IMAGE_CORPUS is not set: the folder of test pictures, with `own` and `third-party` in it.");
        string[] files = [.. new[] { "own", "third-party" }.SelectMany(ListedIn).Where((_, i) => i % Every == 0)];
        List<string> different = [];
        int accepted = 0;
        foreach (string file in files)
        {
            byte[] content = await File.ReadAllBytesAsync(file);
            using HttpContent form = new RawForm().File(content, Path.GetFileName(file)).ToContent();
            using HttpResponseMessage plain = await corpus.Client.PostAsync("/upload", form);
            using HttpResponseMessage resumable = await new TusSender(corpus.Client).CreateAsync(content.Length, content.Length > 0 ? content : null);
            string expected = await VerdictAsync(plain);
            string found = await VerdictAsync(resumable);
            accepted += plain.IsSuccessStatusCode ? 1 : 0;
            if (found != expected)
            {
                different.Add($"{Path.GetFileName(file)}: {found} instead of {expected}");
            }
        }

        different.Should().BeEmpty();
        output.WriteLine($"clients | {files.Length} files of the corpus, {accepted} accepted: the same verdicts by tus as by /upload");
    }

    private static IEnumerable<string> ListedIn(string part)
    {
        string folder = Path.Combine(CorpusTheoryAttribute.Folder!, part);
        return File.ReadLines(Path.Combine(folder, "manifest.csv")).Skip(1).Select(line => Path.Combine(folder, line.Split(',')[0])).Where(File.Exists);
    }

    // Status and code of a refusal; of an image everything but its name.
    private static async Task<string> VerdictAsync(HttpResponseMessage response)
    {
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return response.IsSuccessStatusCode
            ? string.Join(", ", answer.EnumerateObject().Where(field => !OfOneUpload.Contains(field.Name)).Select(field => $"{field.Name} {field.Value.GetRawText()}"))
            : $"{(int)response.StatusCode} {answer.GetProperty("code").GetString()}";
    }
}
