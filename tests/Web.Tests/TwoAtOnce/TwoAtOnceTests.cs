using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Application.Images.Verify;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests.TwoAtOnce;

/// <summary>
/// Two requests for one image, by two processes; the second begins at a random moment of the first. The answers, and what is stored in the
/// end, are those of running the two one after the other, in some order (which is tried, too).
/// </summary>
/// <remarks>
/// TWO_AT_ONCE: runs of each pair; if not set, one run of every third pair. TWO_AT_ONCE_DELETES: deletes against publishes, 8 if not
/// set. TWO_AT_ONCE_SEED: decides which pairs, and when they begin. TWO_AT_ONCE_ONLY: a request, or two separated by a plus; only such
/// pairs are tried. TWO_AT_ONCE_LOG: a file that gets a line for each pair.
/// </remarks>
public abstract class TwoAtOnceTests(ITestOutputHelper output)
{
    private const int Width = 48;
    private const int Height = 32;

    private static readonly int Runs = Setting("TWO_AT_ONCE", 1);
    private static readonly int Every = Environment.GetEnvironmentVariable("TWO_AT_ONCE") is null or "" ? 3 : 1;
    private static readonly int Deletes = Setting("TWO_AT_ONCE_DELETES", 8);
    private static readonly int Seed = Setting("TWO_AT_ONCE_SEED", Environment.TickCount & 0xFFFFFF);

    private static readonly string[] Only = (Environment.GetEnvironmentVariable("TWO_AT_ONCE_ONLY") ?? "").Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static readonly string[] Requests =
        ["publish", "publish 20x10+0+0", "publish 12x14+30+10", "recrop", "rotate", "delete", "resize --force", "verify --decode --repair", "clean"];

    private static readonly string[] Beginnings = ["uploaded", "published", "published without one thumbnail"];

    private int _number;

    internal abstract Task<TwoServices> StartAsync(params (string Name, string Value)[] variables);

    protected async Task EveryPairEndsAsInSomeOrderAsync()
    {
        await using TwoServices services = await StartAsync();
        Random random = new(Seed);
        List<string> wrong = [];
        Tell($"{GetType().Name}: seed {Seed}, {Runs} runs of each pair{(Every == 1 ? "" : $" of one in {Every}")}");
        int pairs = random.Next(Every);
        for (int i = 0; i < Requests.Length; i++)
        {
            for (int j = i; j < Requests.Length; j++)
            {
                string[] pair = [Requests[i], Requests[j]];
                if (!(Only.Length switch { 0 => pairs++ % Every == 0, 1 => pair.Contains(Only[0]), _ => pair.SequenceEqual(Only) }))
                {
                    continue;
                }

                Stopwatch time = Stopwatch.StartNew();
                int before = wrong.Count;
                Dictionary<string, Sequential> known = [];
                for (int run = 0; run < Runs; run++)
                {
                    string beginning = Beginnings[random.Next(Beginnings.Length)];
                    (string first, string second) = random.Next(2) == 0 ? (Requests[i], Requests[j]) : (Requests[j], Requests[i]);
                    string name = $"{beginning}: {first}, {second}";
                    if (!known.TryGetValue(name, out Sequential? sequential))
                    {
                        known[name] = sequential = await InTurnAsync(services, beginning, first, second);
                    }

                    string end = await AtOnceAsync(services, beginning, first, second, sequential.Took * random.NextDouble());
                    if (!sequential.Ends.Contains(end))
                    {
                        wrong.Add($"{name}: run {run}:\n{end}\ninstead of\n{string.Join("\nor\n", sequential.Ends)}");
                    }
                }

                Tell($"{GetType().Name}: {Requests[i]} and {Requests[j]}: {Runs} runs, {wrong.Count - before} that no order gives, {time.Elapsed.TotalSeconds:0.0} s");
            }
        }

        wrong.Should().BeEmpty("seed {0}; the services said:\n{1}\n", Seed, services.Output);
    }

    /// <summary>With an original that takes long to copy, and with WebP and AVIF still to be made.</summary>
    protected async Task NoDeletedImageComesBackAsync(int bytes)
    {
        const int AtOnce = 4;
        await using TwoServices services = await StartAsync(("GENERATE_WEBP", "1"), ("GENERATE_AVIF", "1"));
        Random random = new(Seed);
        byte[] photo = [.. Pictures.Jpeg(Width, Height), .. new byte[bytes]];
        int cameBack = 0;
        int published = 0;
        TimeSpan longest = TimeSpan.Zero;
        for (int done = 0; done < Deletes; done += AtOnce)
        {
            ImageKey[] keys = [.. Enumerable.Range(0, AtOnce).Select(_ => NewKey())];
            await Task.WhenAll(keys.Select(key => PutAsync(services.Stores.Incoming, key, photo)));
            double[] moments = [.. keys.Select(_ => random.NextDouble())];
            await Task.WhenAll(keys.Zip(moments, async (key, moment) =>
            {
                Stopwatch took = Stopwatch.StartNew();
                Task<(string Answer, ImageKey?)> publishing = RequestAsync(services, "publish", key, 0);
                await Task.Delay(longest * moment);
                (await RequestAsync(services, "delete", key, 1)).Answer.Should().Be("200");
                string answer = (await publishing).Answer;
                answer.Should().BeOneOf("200", "404");
                lock (keys)
                {
                    published += answer == "200" ? 1 : 0;
                    longest = took.Elapsed > longest ? took.Elapsed : longest;
                }
            }));

            foreach (IImageStorage storage in new[] { services.Stores.Incoming, services.Stores.Active })
            {
                cameBack += (await UntilStillAsync(storage)).Count;
            }

            await services.EmptyAsync();
        }

        Tell($"{GetType().Name}: seed {Seed}, {Deletes} deletes against publishes of {bytes} bytes ({published} were answered 200): objects that came back or stayed: {cameBack}");
        cameBack.Should().Be(0, "seed {0}", Seed);
    }

    /// <returns>What is there once nothing changes any more.</returns>
    private static async Task<List<ImageKey>> UntilStillAsync(IImageStorage storage)
    {
        List<ImageKey> seen = await TwoServices.KeysInAsync(storage);
        for (int quiet = 0; quiet < (seen.Count == 0 ? 2 : 20); quiet++)
        {
            await Task.Delay(100);
            List<ImageKey> now = await TwoServices.KeysInAsync(storage);
            quiet = now.SequenceEqual(seen) ? quiet : 0;
            seen = now;
        }

        return seen;
    }

    private async Task<Sequential> InTurnAsync(TwoServices services, string beginning, string first, string second)
    {
        List<string> ends = [];
        TimeSpan took = TimeSpan.Zero;
        foreach (bool isSwapped in new[] { false, true })
        {
            ImageKey key = await BeginAsync(services, beginning);
            Stopwatch time = Stopwatch.StartNew();
            (string Answer, ImageKey? New) one = await RequestAsync(services, isSwapped ? second : first, key, 0);
            took = isSwapped ? took : time.Elapsed;
            (string Answer, ImageKey? New) two = await RequestAsync(services, isSwapped ? first : second, key, 1);
            ends.Add(isSwapped ? await EndOfAsync(services, key, two, one) : await EndOfAsync(services, key, one, two));
        }

        return new Sequential(ends, took);
    }

    private async Task<string> AtOnceAsync(TwoServices services, string beginning, string first, string second, TimeSpan later)
    {
        ImageKey key = await BeginAsync(services, beginning);
        Task<(string Answer, ImageKey? New)> one = Task.Run(() => RequestAsync(services, first, key, 0));
        await Task.Delay(later);
        (string Answer, ImageKey? New) two = await RequestAsync(services, second, key, 1);
        return await EndOfAsync(services, key, await one, two);
    }

    private async Task<ImageKey> BeginAsync(TwoServices services, string beginning)
    {
        ImageKey key = NewKey();
        IImageStorage storage = beginning == "uploaded" ? services.Stores.Incoming : services.Stores.Active;
        await PutAsync(storage, key, Pictures.Jpeg(Width, Height));
        if (beginning == "published without one thumbnail")
        {
            await storage.DeleteAsync(key.Thumbnail(ThumbnailSet.Default.Specs[2]), CancellationToken.None);
        }

        return key;
    }

    private ImageKey NewKey() => ImageKey.Mint(DateTimeOffset.FromUnixTimeSeconds(1475660224), Interlocked.Increment(ref _number), ImageFormat.Jpeg);

    // As an upload leaves it, but without the time that an upload takes.
    private static async Task PutAsync(IImageStorage storage, ImageKey key, byte[] photo)
    {
        byte[] thumbnail = Pictures.Jpeg(Width, Height);
        foreach (ThumbnailSpec spec in ThumbnailSet.Default.Specs)
        {
            using MemoryStream small = new(spec.Suffix == "SI" ? Pictures.Jpeg(200, 200) : thumbnail);
            await storage.PutAsync(key.Thumbnail(spec), small, new ImageProperties(Recipe.Of(spec, ImageFormat.Jpeg)), CancellationToken.None);
        }

        using MemoryStream content = new(photo);
        await storage.PutAsync(key, content, ImageProperties.None, CancellationToken.None);
    }

    /// <param name="process">One of those that answer HTTP.</param>
    private static async Task<(string Answer, ImageKey? New)> RequestAsync(TwoServices services, string request, ImageKey key, int process)
    {
        string name = key.ToString();
        string[] words = request.Split(' ');
        try
        {
            switch (words[0])
            {
                case "resize":
                    await services.SendAsync(new RegenerateThumbnails(ImageKey.Parse(name)) { Selection = new ThumbnailSelection { UpToDate = true } });
                    return ("done", null);
                case "verify":
                    await services.SendAsync(new VerifyImage(ImageKey.Parse(name)) { Decode = true, Repair = true });
                    return ("done", null);
                case "clean":
                    await services.SendAsync(new RemoveExpiredUpload(ImageKey.Parse(name), TimeSpan.FromTicks(1)));
                    return ("done", null);
                case "publish":
                    return await PostAsync(("filename", name), ("crop", words.Length > 1 ? words[1] : ""));
                case "recrop":
                    return await PostAsync(("filename", name), ("crop", "16x16+4+4"));
                case "rotate":
                    return await PostAsync(("filename", name), ("rotation", "90"));
                default:
                    return await PostAsync(("filenames", name));
            }
        }
        catch (ImageNotFoundException)
        {
            return ("404", null);
        }

        async Task<(string Answer, ImageKey? New)> PostAsync(params (string Name, string Value)[] fields)
        {
            using FormUrlEncodedContent form = new(fields.Append(("secret", TestService.Secret)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
            using HttpResponseMessage answer = await services.Clients[process].PostAsync($"/{words[0]}", form);
            string body = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                string status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
                return ((int)answer.StatusCode < 500 ? status : $"{status} {body}", null);
            }

            using JsonDocument json = JsonDocument.Parse(body);
            return ("200", json.RootElement.TryGetProperty("filename", out JsonElement made) ? ImageKey.Parse(made.GetString()!) : null);
        }
    }

    /// <summary>Describes everything that is stored, and removes it.</summary>
    private static async Task<string> EndOfAsync(
        TwoServices services, ImageKey key, (string Answer, ImageKey? New) first, (string Answer, ImageKey? New) second)
    {
        Dictionary<string, string> names = new() { [key.Stem] = "K" };
        if (first.New is not null)
        {
            names[first.New.Stem] = "new";
        }

        if (second.New is not null)
        {
            names.TryAdd(second.New.Stem, first.New is null ? "new" : "another");
        }

        StringBuilder end = new();
        end.Append(CultureInfo.InvariantCulture, $"{first.Answer} {Named(first.New)}, {second.Answer} {Named(second.New)}");
        foreach ((string role, IImageStorage storage) in new[] { (ImageStores.IncomingName, services.Stores.Incoming), (ImageStores.ActiveName, services.Stores.Active) })
        {
            List<string> lines = [];
            foreach (ImageKey one in await TwoServices.KeysInAsync(storage))
            {
                StoredImage? found = await storage.FindAsync(one, CancellationToken.None);
                lines.Add($"\n  {role} {Named(one)} {found?.Properties.Recipe} {found?.Properties.Crop} {(found is null ? "gone" : await ShownAsync(storage, one))}");
            }

            end.AppendJoin("", lines.Order(StringComparer.Ordinal));
        }

        await services.EmptyAsync();
        return end.ToString();

        string Named(ImageKey? one) => one is null ? "" : names.Aggregate(one.ToString(), (text, name) => text.Replace(name.Key, name.Value, StringComparison.Ordinal));
    }

    /// <returns>What an object's picture shows; for an original, what it is.</returns>
    private static async Task<string> ShownAsync(IImageStorage storage, ImageKey key)
    {
        await using OpenedImage opened = await storage.OpenReadAsync(key, CancellationToken.None);
        using MemoryStream content = new();
        await opened.Content.CopyToAsync(content);
        if (ThumbnailSet.Default.IsOriginal(key))
        {
            return Convert.ToHexStringLower(SHA256.HashData(content.ToArray()), 0, 4);
        }

        using Image image = Image.NewFromBuffer(content.ToArray(), access: Enums.Access.Random, failOn: Enums.FailOn.Warning);
        // Coarse: a thumbnail that was put there and one that was made from the same original differ a little.
        IEnumerable<string> colours = Look.AtQuadrants(content.ToArray()).Select(colour => $"{(colour.R + 24) / 64}{(colour.G + 24) / 64}{(colour.B + 24) / 64}");
        return $"{image.Width}x{image.Height} {string.Join(' ', colours)}";
    }

    private void Tell(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("TWO_AT_ONCE_LOG") is { } file)
        {
            File.AppendAllText(file, line + "\n");
        }
    }

    private static int Setting(string name, int whenUnset) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : whenUnset;

    private sealed record Sequential(IReadOnlyList<string> Ends, TimeSpan Took);
}

[Trait("Storage", "folders")]
public sealed class TwoAtOnceOnFoldersTests(ITestOutputHelper output) : TwoAtOnceTests(output)
{
    [Fact]
    public Task Every_pair_of_requests_ends_as_in_some_order() => EveryPairEndsAsInSomeOrderAsync();

    [Fact]
    public Task No_deleted_image_comes_back() => NoDeletedImageComesBackAsync(bytes: 30_000_000);

    internal override Task<TwoServices> StartAsync(params (string Name, string Value)[] variables) => TwoServices.StartAsync(server: null, variables);
}

[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class TwoAtOnceOnS3Tests(S3Server server, ITestOutputHelper output) : TwoAtOnceTests(output)
{
    [NeedsS3Fact]
    public Task Every_pair_of_requests_ends_as_in_some_order() => EveryPairEndsAsInSomeOrderAsync();

    [NeedsS3Fact]
    public Task No_deleted_image_comes_back() => NoDeletedImageComesBackAsync(bytes: 4_000_000);

    internal override Task<TwoServices> StartAsync(params (string Name, string Value)[] variables) => TwoServices.StartAsync(server, variables);
}
