using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Sets up libvips, once, before its first use.</summary>
internal static class Vips
{
    // Kept alive forever: native code calls it.
    private static readonly Log.LogDelegate Silence = (_, _, _) => { };

    private static readonly Lazy<bool> Ready = new(SetUp);

    public static void EnsureReady() => _ = Ready.Value;

    private static bool SetUp()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            throw new InvalidOperationException("libvips can't be loaded.", ModuleInitializer.Exception);
        }

        // Only a few of some fifty loaders are needed; a vulnerability in any other must not matter here.
        Operation.Block("VipsForeignLoad", true);
        foreach (FormatCodec format in KnownFormats.All)
        {
            Operation.Block(format.Loader, false);
        }

        // Jobs run in parallel, one thread each: this does more of them than libvips' own threads would. Its cache of
        // results would hold pictures that nobody requests again.
        NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        // Its warnings go to stderr and contain paths; whatever matters is thrown as an exception.
        _ = Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, Silence);
        return true;
    }
}
