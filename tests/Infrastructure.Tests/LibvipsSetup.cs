using System.Runtime.CompilerServices;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Tests;

/// <summary>Sets up libvips before the first test. While it is being set up, all loaders are blocked, also for tests that run beside.</summary>
internal static class LibvipsSetup
{
    [ModuleInitializer]
    internal static void Run() => Vips.EnsureReady();
}
