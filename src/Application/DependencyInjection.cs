using System.Security.Cryptography;
using FluentValidation;
using ImageBackend.Application.Behaviours;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Describe;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Application.Images.Migrate;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Application.Images.Verify;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scrutor;

namespace ImageBackend.Application;

public static class DependencyInjection
{
    /// <summary>Registers the request pipeline. The ports, <see cref="UploadLimits"/>, <see cref="PrivacyRules"/>, <see cref="ExpiryRule"/> and the thumbnail set come from elsewhere.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services)
    {
        services.AddTransient<ServiceFactory>(provider => provider.GetRequiredService); // resolves in the caller's scope
        services.AddTransient<IMediator, Mediator>();
        services.Scan(scan => scan
            .FromAssembliesOf(typeof(DependencyInjection))
            .AddClasses(filter => filter.AssignableTo(typeof(IRequestHandler<,>)), publicOnly: false)
            .UsingRegistrationStrategy(RegistrationStrategy.Throw) // a second handler for a request fails at start
            .AsImplementedInterfaces()
            .WithTransientLifetime());

        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(LoggingBehaviour<,>)); // first registered = outermost
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(MeasuringBehaviour<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehaviour<,>));
        services.AddValidatorsFromAssembly(typeof(DependencyInjection).Assembly, includeInternalTypes: true);

        services.AddTransient<ThumbnailWriter>();
        services.AddTransient<IncomingWriter>();
        services.AddTransient<OriginalPreparer>();
        services.AddTransient<Publisher>();
        services.AddTransient<ChangePublisher>();
        services.AddTransient<OriginalFetcher>();
        services.AddTransient<ActiveWriter>();
        services.AddTransient<DrawingRasters>();
        services.AddTransient<ImageRemover>();
        services.AddTransient<Marks>();
        services.AddSingleton<KeyLocks>();
        services.AddTransient<KeyMint>();
        services.AddTransient<OriginalStripper>();
        services.AddTransient<ExpiredUploads>();
        services.AddTransient<ImagesToVerify>();
        services.AddTransient<PictureCheck>();
        services.AddTransient<ThumbnailDescriber>();
        services.AddTransient<Regenerator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KeyNumberSource>(DrawNumber);
        return services;
    }

    // 2^64 is not a multiple of 10^10, but the bias is below 10^-9.
    private static long DrawNumber()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return (long)(BitConverter.ToUInt64(bytes) % 10_000_000_000);
    }
}
