namespace ImageBackend.Web.Tests.Crashes;

/// <summary>What a client may rely on after a deed, whatever happened to the service.</summary>
/// <param name="key">Of the image that the deed is about; empty for an upload.</param>
/// <param name="made">The key in the answer to a deed that makes an image; null if there was none.</param>
/// <param name="isAnswered">Whether it was answered with success.</param>
internal sealed class Promise(Deed deed, string key, string? made, bool isAnswered)
{
    public static async Task<Promise> OfAsync(Deed deed, string key, HttpResponseMessage? answer)
    {
        bool isAnswered = answer is { IsSuccessStatusCode: true };
        bool makes = deed.Name is "upload" or "recrop" or "rotate";
        return new Promise(deed, key, isAnswered && makes ? await CrashSite.KeyAsync(answer!) : null, isAnswered);
    }

    /// <returns>What is not kept, directly after a restart or after the repeated request.</returns>
    public async Task<IReadOnlyList<string>> BrokenAsync(CrashSite site)
    {
        IReadOnlyList<string> active = await site.Active.NamesAsync();
        IReadOnlyList<string> incoming = await site.Incoming.NamesAsync();
        IEnumerable<string> wrong = deed.Name switch
        {
            "upload" when made is not null => await CrashSite.MissingOfAsync(site.Incoming, incoming, made, Deed.Photo, withWebP: false),
            "publish" or "publish with a crop" when isAnswered => await CrashSite.MissingOfAsync(site.Active, active, key, Deed.Photo, withWebP: false),
            "publish" or "publish with a crop" => Has(incoming.Concat(active), key, "is lost"),
            "recrop" => (await CrashSite.MissingOfAsync(site.Active, active, key, Deed.Photo, withWebP: false)).Concat(await MadeAsync(site, active)),
            "rotate" when made is not null => (await MadeAsync(site, active)).Concat(HasNot(active, key)),
            "rotate" => active.Any(CrashSite.IsOriginal) ? [] : ["the image is lost"],
            "delete" or "delete of an upload" when isAnswered => active.Concat(incoming).Select(name => $"{name} is still there"),
            _ => [],
        };
        return [.. wrong];
    }

    /// <returns>What is not kept, or not in order, long after.</returns>
    public async Task<IReadOnlyList<string>> BrokenInTheEndAsync(CrashSite site)
    {
        IReadOnlyList<string> wrong = deed.Name == "upload" ? [] : deed.Name.StartsWith("publish", StringComparison.Ordinal) && !isAnswered ? [] : await BrokenAsync(site);
        IReadOnlyList<string> active = await site.Active.NamesAsync();
        bool isOther = active.Where(CrashSite.IsOriginal).Any(name => deed.Needs != ImageNeed.None && name == key && deed.Name != "rotate"
            && !site.Active.ReadAsync(name).GetAwaiter().GetResult().AsSpan().SequenceEqual(Deed.Photo));
        return
        [
            .. wrong,
            .. isOther ? ["its original has changed"] : Array.Empty<string>(),
            .. deed.Name == "upload" ? active.Select(name => $"{name} was published by nobody") : [],
            .. (await site.Incoming.NamesAsync()).Select(name => $"incoming still has {name}"),
            .. (await KeptBesideAsync(site.Incoming)).Select(name => $"incoming still has {name}"),
            .. (await KeptBesideAsync(site.Active)).Where(name => !active.Contains(Path.GetFileNameWithoutExtension(name))).Select(name => $"active has {name} of nothing"),
            .. await CrashSite.HalvesAsync(site.Active, withWebP: true),
            .. site.TempLeftovers(),
        ];
    }

    // What is kept beside images in folders: properties, and files that are being written.
    private static async Task<IEnumerable<string>> KeptBesideAsync(TestStorage storage) =>
        (await storage.EverythingAsync()).Where(name => name.StartsWith(".meta/", StringComparison.Ordinal) || name.Contains("partial", StringComparison.Ordinal));

    private async Task<IEnumerable<string>> MadeAsync(CrashSite site, IReadOnlyList<string> active) =>
        made is null ? [] : await CrashSite.MissingOfAsync(site.Active, active, made, content: null, withWebP: false);

    private static IEnumerable<string> Has(IEnumerable<string> names, string name, string what) => names.Contains(name) ? [] : [$"{name} {what}"];

    private static IEnumerable<string> HasNot(IEnumerable<string> names, string name) => names.Contains(name) ? [$"{name} is still there"] : [];
}
