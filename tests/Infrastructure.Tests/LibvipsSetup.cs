using System.Runtime.CompilerServices;
using ImageBackend.Infrastructure.Imaging.Libvips;

namespace ImageBackend.Infrastructure.Tests;

/// <summary>
/// Sets up libvips before the first test. During the set-up all loaders are blocked, also for tests that run in parallel.
/// </summary>
internal static class LibvipsSetup
{
    [ModuleInitializer]
    internal static void Run() => Vips.EnsureReady();
}
