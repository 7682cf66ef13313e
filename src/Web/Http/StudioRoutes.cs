namespace ImageBackend.Web.Http;

/// <summary>The routes that only the studio of this same service and programs call, below ROUTE_PREFIX: pages of other origins don't get at them.</summary>
internal static class StudioRoutes
{
    public const string Page = "/studio";
    public const string Images = "/images";
    public const string Incoming = "/incoming";
    public const string Figures = "/figures";
    public const string Batches = "/batches";

    private static readonly string[] All = [Page, Images, Incoming, Figures, Batches];

    /// <param name="path">With its prefix.</param>
    public static bool Has(PathString path, string prefix) => All.Any(route => path.StartsWithSegments(prefix + route));
}
