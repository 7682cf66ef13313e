using System.Globalization;
using ImageBackend.Together.Tests.Covering;

namespace ImageBackend.Together.Tests.Rows;

/// <summary>
/// The services to start, and the rows for each: all pairs that can occur together, or with TOGETHER_STRENGTH=3 all triples.
/// </summary>
/// <remarks>
/// Settings are combined first, to few services that cover all their pairs. Each service then counts as one choice beside the others, so
/// that many rows share the cost of its start. TOGETHER_SEED decides between plans of equal worth, TOGETHER_ROW picks one row,
/// TOGETHER_EVERY=12 every twelfth one on buckets and every fourth one on folders.
/// </remarks>
internal sealed class Plan
{
    public const string Folders = "folders";
    public const string OneAccount = "s3";
    public const string TwoAccounts = "s3-two-accounts";

    public const string Resumable = "resumable";

    public const string Shared = "hangfire";

    public const string ManagedEngine = "imagesharp";

    private const string Off = "0";
    private const string On = "1";

    public static readonly IReadOnlyList<Axis> Settings =
    [
        Axis.Of("STORAGE", Folders, OneAccount, TwoAccounts),
        Axis.Of("GENERATE_WEBP", Off, On),
        Axis.Of("GENERATE_AVIF", Off, On),
        Axis.Of("AUTO_ORIENT_ORIGINAL", Off, On),
        Axis.Of("STRIP_ORIGINAL", "none", "gps", "all"),
        Axis.Of("EXPOSE_GPS", Off, On),
        Axis.Of("RESIZING_CONFIG", Enum.GetValues<Sizes>().Cast<object>()),
        Axis.Of("ROUTE_PREFIX", "", "/img"),
        Axis.Of("IMAGING_ISOLATION", "process", "none"),
        Axis.Of("IMAGING_ENGINE", "libvips", ManagedEngine),
        Axis.Of("UPLOADS", "plain", Resumable),
        Axis.Of("BATCHES", "local", Shared),
    ];

    // What it refuses.
    private static readonly Fact[] BeyondManagedEngine =
    [
        new("GENERATE_AVIF", On), .. new[] { Picture.JpegCmyk, Picture.WebP, Picture.Avif, Picture.Svg, Picture.SvgWithPicture }.Select(picture => new Fact(nameof(Picture), picture.ToString())),
    ];

    private static readonly Deed[] DeedsWithCrop =
    [
        Deed.Publish, Deed.PublishAgain, Deed.Recrop, Deed.Rotate, Deed.DeletePublished, Deed.Serve, Deed.ResizeMissing, Deed.ResizeForce, Deed.VerifyRepair, Deed.Migrate,
    ];

    private Plan(int strength, int seed)
    {
        (Strength, Seed) = (strength, seed);
        IReadOnlyList<int[]> sites = CoveringArray.Of(Settings, strength, seed, site => CanMeet(Settings, site));
        Axes =
        [
            Axis.OfRows("site", Settings, sites),
            Axis.Of(nameof(Picture), Enum.GetValues<Picture>().Cast<object>()),
            Axis.Of(nameof(Length), Enum.GetValues<Length>().Cast<object>()),
            Axis.Of(nameof(Row.HasExif), false, true),
            Axis.Of(nameof(Deed), Enum.GetValues<Deed>().Cast<object>()),
            Axis.Of(nameof(Row.Crops), false, true),
        ];
        Rows = CoveringArray.Of(Axes, strength, seed, row => CanBe(RowOf(row)) && CanMeet(Axes, row));
        List<Step> steps = [];
        foreach (IGrouping<int, int[]> ofSite in Rows.GroupBy(row => row[0]).OrderBy(group => group.Key))
        {
            SiteFacts site = new(ofSite.Key + 1, Axes[0].Values[ofSite.Key]);
            foreach (Row? row in ofSite.Select(RowOf).Append(null))
            {
                steps.Add(new Step(steps.Count + 1, site, row));
            }
        }

        Steps = steps;
    }

    /// <summary>What the environment requests.</summary>
    public static Plan Current { get; } = new(NumberOf("TOGETHER_STRENGTH") ?? 2, NumberOf("TOGETHER_SEED") ?? 1);

    public int Strength { get; }

    public int Seed { get; }

    public IReadOnlyList<Axis> Axes { get; }

    public IReadOnlyList<int[]> Rows { get; }

    /// <summary>Site by site, each with its rows and then an inspection of everything that they left.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <returns>The steps of a storage to run now.</returns>
    public IEnumerable<Step> StepsOn(string storage)
    {
        int? only = NumberOf("TOGETHER_ROW");
        int onBuckets = NumberOf("TOGETHER_EVERY") ?? 1;
        int every = storage == Folders ? Math.Max(1, onBuckets / 3) : onBuckets;
        Step[] chosen = [.. Steps.Where(step => step.Site.Storage == storage && (only is null ? step.Row is not null && step.Number % every == 0 : step.Number == only))];
        HashSet<int> sites = [.. chosen.Select(step => step.Site.Number)];
        return Steps.Where(step => chosen.Contains(step) || (step.Row is null && sites.Contains(step.Site.Number)));
    }

    public string HowToRun(Step step) =>
        $"To run it alone: TOGETHER_STRENGTH={Strength} TOGETHER_SEED={Seed} TOGETHER_ROW={step.Number} dotnet test tests/Together.Tests --filter FullyQualifiedName~MatrixOn";

    /// <summary>Whether such a row is meaningful.</summary>
    public static bool CanBe(Row row)
    {
        bool isDrawing = row.Picture is Picture.Svg or Picture.SvgWithPicture;
        bool isForeign = row.Picture is Picture.WebP or Picture.Avif;
        return (!row.HasExif || row.Picture < Picture.Gif) // what others have no place for
            && (!row.Crops || DeedsWithCrop.Contains(row.Deed))
            && (row.Length != Length.OneByteBeyond || row.Deed == Deed.Upload) // it is refused, and nothing follows
            && (!isForeign || row.Length == Length.Ordinary) // once converted it is no longer than that
            && !(isDrawing && row.Length == Length.JustBelow16MB); // refused by a limit of its own
    }

    /// <summary>Whether facts can occur together, as far as the engine is concerned.</summary>
    public static bool CanMeet(IReadOnlyCollection<Fact> facts) =>
        !facts.Contains(new Fact("IMAGING_ENGINE", ManagedEngine)) || !facts.Intersect(BeyondManagedEngine).Any();

    private static bool CanMeet(IReadOnlyList<Axis> axes, int[] row) => CanMeet([.. row.SelectMany((value, axis) => axes[axis].Values[value])]);

    public static Row RowOf(int[] row) => new((Picture)row[1], (Length)row[2], row[3] == 1, (Deed)row[4], row[5] == 1);

    private static int? NumberOf(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}

/// <summary>A row in its site; without a row: the look at the whole site.</summary>
internal sealed record Step(int Number, SiteFacts Site, Row? Row)
{
    public override string ToString() => $"{Row?.ToString() ?? "all that is left"}; {Site}";
}

/// <summary>RESIZING_CONFIG: the default; two equal sizes; two equal ones that show a part of the picture.</summary>
internal enum Sizes
{
    Default,
    TwoAlike,
    TwoAlikeOfAPart,
}
